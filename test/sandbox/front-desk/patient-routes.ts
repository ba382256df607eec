import type { WithId } from '@medplum/core';
import type { Patient } from '@medplum/fhirtypes';
import { type Response, Router } from 'express';
import { asking, Refused, save } from './chart.ts';
import { orAgain, param, queryOf, seeOther, typedOf, versionOf } from './desk-request.ts';
import { readDirectory } from './directory.ts';
import type { Done } from './done.ts';
import type { Typed } from './fields.ts';
import { readPhone, readSurvivor } from './forms.ts';
import { readMessages } from './messages-view.ts';
import { type Desk, page } from './page.ts';
import { patientPage } from './patient-page.ts';
import { patientsPage } from './patients-page.ts';
import { readTasks } from './task-view.ts';
import { viewVisit } from './visit-view.ts';

type Changed = { patient: WithId<Patient>; done: Done };

export function patientRoutes(desk: Desk): Router {
  const { store } = desk.ehr;
  const router = Router();
  const pathOf = (id: string): string => `/desk/patients/${id}`;

  router.get('/patients', async (req, res) => {
    const body = patientsPage(await readDirectory(store));
    res.send(
      await page(desk, {
        title: 'Patients',
        section: 'patients',
        here: '/desk/patients',
        done: queryOf(req, 'done'),
        body,
      }),
    );
  });

  async function show(
    id: string,
    res: Response,
    typed: Typed,
    notes: { problem?: string; done?: string | undefined },
  ): Promise<void> {
    const patient = await asking('patient', () => store.read('Patient', id));
    const about = `patient=Patient/${id}`;
    const [directory, visits, guardians, consents] = await Promise.all([
      readDirectory(store),
      store.search('Appointment', `${about}&_sort=-date`),
      store.search('RelatedPerson', about),
      store.search('Consent', about),
    ]);
    const viewed = visits.map(visit => viewVisit(visit, directory));
    const zone = (viewed[0]?.site ?? directory.sites[0])?.zone ?? 'UTC';
    const [tasks, messages] = await Promise.all([
      readTasks(store, directory, desk.demo.clock.now(), about),
      readMessages(store, `Patient/${id}`, zone),
    ]);
    const file = { patient, visits: viewed, guardians, consents, tasks, messages };
    const body = patientPage(file, directory, desk.demo, typed);
    res.send(await page(desk, { title: 'Patient', section: 'patients', here: pathOf(id), body, ...notes }));
  }

  router.get('/patients/:id', (req, res) => show(param(req, 'id'), res, {}, { done: queryOf(req, 'done') }));

  const change = (what: string, make: (patient: WithId<Patient>, typed: Typed) => Promise<Changed> | Changed) =>
    router.post(`/patients/:id/${what}`, async (req, res) => {
      const id = param(req, 'id');
      const typed = typedOf(req);
      await orAgain(
        async () => {
          const before = await asking('patient', () => store.read('Patient', id));
          const { patient, done } = await make(before, typed);
          await save(store, patient, versionOf(typed));
          seeOther(res, pathOf(id), done);
        },
        ({ status, message }) => show(id, res.status(status), { ...typed, form: what }, { problem: message }),
      );
    });

  change('phone', (patient, typed) => {
    const phone = readPhone(typed);
    return { patient: withMobile(patient, phone), done: phone ? 'phone' : 'no-phone' };
  });

  change('deceased', (patient, typed) => {
    const { deceasedBoolean: _, deceasedDateTime: __, ...living } = patient;
    if (typed.deceased === 'no') return { patient: living, done: 'living' };
    if (typed.sure !== 'yes') throw new Refused(422, 'Tick “Yes, this patient has died” first.');
    return { patient: { ...living, deceasedBoolean: true }, done: 'deceased' };
  });

  change('merge', async (patient, typed) => {
    const survivor = readSurvivor(typed, patient.id, await readDirectory(store));
    const link = [
      ...(patient.link ?? []),
      { other: { reference: `Patient/${survivor.id}` }, type: 'replaced-by' as const },
    ];
    return { patient: { ...patient, active: false, link }, done: 'merged' };
  });

  return router;
}

/** The first mobile number becomes this one, whatever else is on record; an old number is not `mobile` and stays. */
function withMobile(patient: WithId<Patient>, value: string | undefined): WithId<Patient> {
  const { telecom: before = [], ...rest } = patient;
  const at = before.findIndex(({ system, use }) => (system === 'phone' || system === 'sms') && use === 'mobile');
  const others = before.filter((_, index) => index !== at);
  const entry = value ? [{ ...(before[at] ?? { system: 'phone' as const, use: 'mobile' as const }), value }] : [];
  const telecom = [...entry, ...others];
  return telecom.length > 0 ? { ...rest, telecom } : rest;
}

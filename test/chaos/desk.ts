import type { Appointment, Patient } from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { plus, plusMs } from '../../sync/domain/time.ts';
import type { SandboxEhr } from '../sandbox/ehr.ts';
import { person, visitOf } from '../support/chart.ts';
import { isSaid, type Step } from './history.ts';

/** Two patients and their visits, as the desk keeps them. Answers with what changed, in the order it changed. */
export interface Desk {
  arrive(): Promise<string[]>;
  /** Undefined when it was something said on a phone: then `says` tells what, and from where. */
  does(step: Step, now: Instant): Promise<string[]>;
  says(step: Step): { from: string; body: string } | undefined;
  visits(): string[];
}

const QUARTER_MS = 900_000;
const from = (now: Instant, hours: number): Instant =>
  new Date(Math.ceil(Date.parse(plusMs(now, hours * 3_600_000)) / QUARTER_MS) * QUARTER_MS).toISOString();

export const patientId = (family: number, who: number) => `${who === 0 ? 'ana' : 'ben'}-${family}`;
const numberOf = (family: number, who: number) => `+131255${String(family * 4 + who).padStart(5, '0')}`;

export function openDesk({ store }: SandboxEhr, family: number): Desk {
  const ids = [patientId(family, 0), patientId(family, 1)];
  const numbers = [numberOf(family, 0), numberOf(family, 1)];
  let made = 0;
  const slots: (string | undefined)[] = [];
  const idOf = (who: number) => ids[who] as string;

  async function book(step: Step, now: Instant): Promise<string[]> {
    made += 1;
    const id = `visit-${family}-${made}`;
    slots[step.visit] = id;
    await store.create(visitOf(id, [idOf(step.who)], from(now, step.hours)));
    return [`Appointment/${id}`];
  }

  async function visit(
    step: Step,
    change: (one: Appointment) => Partial<Appointment>,
    now: Instant,
  ): Promise<string[]> {
    const id = slots[step.visit];
    if (!id) return book({ ...step, hours: Math.max(step.hours, 1) }, now);
    const held = await store.read('Appointment', id);
    await store.update({ ...held, ...change(held) } as Appointment);
    return [`Appointment/${id}`];
  }

  async function patient(who: number, change: Partial<Patient>): Promise<string[]> {
    await store.update({ ...(await store.read('Patient', idOf(who))), ...change } as Patient);
    return [`Patient/${idOf(who)}`];
  }

  const withPatient = (participant: Appointment['participant'], change: (reference: string) => object) =>
    participant?.map(one =>
      one.actor?.reference?.startsWith('Patient/') ? { ...one, ...change(one.actor.reference) } : one,
    );

  /** The second record stays; the visits of the first are put on it. */
  async function merge(): Promise<string[]> {
    const [gone, stays] = ids.map(id => `Patient/${id}`) as [string, string];
    const changed = await patient(0, { active: false, link: [{ other: { reference: stays }, type: 'replaced-by' }] });
    for (const held of await store.search('Appointment', `patient=${gone}`)) {
      await store.update({
        ...held,
        participant: withPatient(held.participant, reference =>
          reference === gone ? { actor: { reference: stays } } : {},
        ),
      } as Appointment);
      changed.push(`Appointment/${held.id}`);
    }
    return changed;
  }

  async function replace(step: Step, now: Instant): Promise<string[]> {
    const off = slots[step.visit] ? await visit(step, () => ({ status: 'cancelled' }), now) : [];
    return [...off, ...(await book(step, now))];
  }

  async function remove(step: Step): Promise<string[]> {
    const id = slots[step.visit];
    if (!id) return [];
    slots[step.visit] = undefined;
    await store.delete('Appointment', id);
    return [`Appointment/${id}`];
  }

  const swap = (reference: string) => ({
    actor: { reference: `Patient/${reference.endsWith(idOf(0)) ? idOf(1) : idOf(0)}` },
  });
  const other = (participant: Appointment['participant'], type: string, reference: string) =>
    participant?.map(one => (one.actor?.reference?.startsWith(type) ? { ...one, actor: { reference } } : one));

  return {
    async arrive() {
      for (const who of [0, 1]) await store.create(person(idOf(who), numbers[who]));
      return ids.map(id => `Patient/${id}`);
    },
    async does(step, now) {
      switch (step.event) {
        case 'book':
          return book(step, now);
        case 'move':
          return visit(step, () => moved(from(now, step.hours)), now);
        case 'cancel':
          return visit(step, () => ({ status: 'cancelled' }), now);
        case 'restore':
          return visit(
            step,
            ({ participant }) =>
              ({
                status: 'booked',
                participant: withPatient(participant, () => ({ status: 'accepted' })),
              }) as Partial<Appointment>,
            now,
          );
        case 'replace':
          return replace(step, now);
        case 'noshow':
          return visit(step, () => ({ status: 'noshow' }), now);
        case 'fulfil':
          return visit(step, () => ({ status: 'fulfilled' }), now);
        case 'delete':
          return remove(step);
        case 'merge':
          return merge();
        case 'hand over':
          return visit(
            step,
            ({ participant }) => ({ participant: withPatient(participant, swap) }) as Partial<Appointment>,
            now,
          );
        case 'make video':
          return visit(
            step,
            ({ serviceCategory }) => ({
              serviceCategory: serviceCategory
                ? undefined
                : [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'VR' }] }],
            }),
            now,
          );
        case 'change place':
          return visit(
            step,
            ({ participant }) =>
              ({ participant: other(participant, 'Location/', 'Location/location-mesa') }) as Partial<Appointment>,
            now,
          );
        case 'change clinician':
          return visit(
            step,
            ({ participant }) =>
              ({ participant: other(participant, 'Practitioner/', 'Practitioner/lin') }) as Partial<Appointment>,
            now,
          );
        case 'note':
          return visit(step, ({ comment }) => ({ comment: `${comment ?? ''}.` }), now);
        case 'decline':
          return visit(
            step,
            ({ participant }) =>
              ({ participant: withPatient(participant, () => ({ status: 'declined' })) }) as Partial<Appointment>,
            now,
          );
        case 'change number':
          numbers[step.who] = numberOf(family, step.who + 2);
          return patient(step.who, { telecom: [{ system: 'phone', use: 'mobile', value: numbers[step.who] }] });
        case 'share number':
          numbers[step.who] = numbers[1 - step.who] as string;
          return patient(step.who, { telecom: [{ system: 'phone', use: 'mobile', value: numbers[step.who] }] });
        case 'die':
          return patient(step.who, { deceasedBoolean: true });
        case 'deactivate':
          return patient(step.who, { active: false });
        default:
          return [];
      }
    },
    says: step => (isSaid(step) ? { from: numbers[step.who] as string, body: step.event } : undefined),
    visits: () => Array.from({ length: made }, (_, i) => `visit-${family}-${i + 1}`),
  };
}

const moved = (start: Instant): Partial<Appointment> => ({ status: 'booked', start, end: plus(start, 'PT30M') });

import type { Resource } from '@medplum/fhirtypes';
import { systemClock } from '../domain/clock.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Connection } from '../reconcile/connection.ts';
import { auditData } from './data-audit.ts';
import { toTalkToTheEhr } from './doctor-advice.ts';
import type { Report } from './doctor-report.ts';
import { type Out, plural } from './print.ts';

/** What decides whom to tell, and where. */
const AUDITED = ['Patient', 'RelatedPerson', 'Consent', 'Appointment', 'Location'] as const;

/** Reads everything once, and says what would make messages go wrong or nowhere (DQA1). */
export async function checkData(
  connection: Connection,
  policy: Policy,
  list: boolean,
  { say, attempt }: Report,
  out: Out,
): Promise<void> {
  const resources: Resource[] = [];
  for (const type of AUDITED) {
    if (connection.capability.types[type]?.interactions.includes('search-type'))
      await attempt(() => readAll(connection, type, resources, out), toTalkToTheEhr);
    else say('warn', `${type}: this EHR cannot list them, so the audit leaves them out.`);
  }
  const troubles = auditData(resources, policy, systemClock());
  if (troubles.length === 0) say('ok', `The data: nothing is wrong with ${plural(resources.length, 'record')}.`);
  for (const { what, records, todo, accepted } of troubles)
    say(accepted ? 'ok' : 'warn', `${plural(records.length, 'record')}: ${what}`, [
      ...(accepted ? [] : [`→ ${todo}`]),
      ...(list ? records : []),
    ]);
}

async function readAll({ client, profile }: Connection, type: string, into: Resource[], out: Out): Promise<void> {
  let read = 0;
  const { parameter, size } = profile.paging;
  for await (const bundle of client.pages(`${type}?${parameter}=${size}`, { fresh: true }))
    for (const { resource } of bundle.entry ?? []) {
      if (resource?.resourceType !== type) continue;
      into.push(resource);
      read += 1;
      if (read % PROGRESS === 0) out.aside(`  ${type}: ${read} read …`);
    }
}

const PROGRESS = 1000;

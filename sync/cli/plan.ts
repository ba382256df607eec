import type { Command } from 'commander';
import { readConfig } from '../config.ts';
import type { Instant } from '../domain/clock.ts';
import { systemClock } from '../domain/clock.ts';
import type { PatientFacts } from '../domain/plan/facts.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { instant } from '../domain/time.ts';
import { mirror } from '../reconcile/mirror.ts';
import { type Database, openPglite } from '../store/database.ts';
import { factsOf } from '../store/facts.ts';
import { migrate } from '../store/migrate.ts';
import { allPatients } from '../store/patient.ts';
import { EXIT } from './exit-codes.ts';
import { Failure, policyOf, withDatabase } from './open.ts';
import { type Input, readInput } from './plan-input.ts';
import { asJson, show } from './plan-view.ts';
import { type Out, terminal } from './print.ts';

interface Options {
  from?: string[];
  now?: string;
  json?: boolean;
  words?: boolean;
}

export interface PlannedPatient {
  facts: PatientFacts;
  plan: ReturnType<typeof planFor>;
}

/** The dry run: nothing is sent, nothing is written. With `--from` it needs neither EHR nor database. */
export const planCommand = (program: Command): Command =>
  program
    .command('plan')
    .description('Dry run: what would be sent to whom and when, what would not, and why')
    .option('--from <paths...>', 'FHIR R4 JSON: files or folders; resources, Bundles or NDJSON')
    .option('--now <instant>', 'plan as of this moment, with a zone, e.g. 2026-11-21T09:00:00-06:00')
    .option('--words', 'show the words of each message')
    .option('--json', 'for machines')
    .action((options: Options) => runPlan(options, terminal));

export async function runPlan(options: Options, out: Out): Promise<void> {
  const now = options.now === undefined ? systemClock() : instant(options.now);
  if (!now)
    throw new Failure(
      `${options.now} is no moment in time; write it with a zone, e.g. 2026-11-21T09:00:00-06:00.`,
      EXIT.usage,
    );
  const { policy } = policyOf(readConfig());
  const input = options.from ? readInput(options.from) : { resources: [], findings: [] };
  const patients = options.from
    ? await fromFiles(input, policy, now)
    : await withDatabase(database => planned(database, policy, now));
  if (options.json) out.line(JSON.stringify(asJson(patients, input, policy, now)));
  else show(patients, input, { policy, now, words: options.words ?? false }, out);
}

/** Reads them in as the service would, into a database that lives in memory for a moment. */
async function fromFiles({ resources }: Input, policy: Policy, now: Instant): Promise<PlannedPatient[]> {
  const database = await openPglite();
  try {
    await migrate(database);
    const { country } = policy.clinic;
    await database.sql.transaction().execute(sql => mirror(sql, { resources, imported: true, now, country }));
    return await planned(database, policy, now);
  } finally {
    await database.close();
  }
}

async function planned({ sql }: Database, policy: Policy, now: Instant): Promise<PlannedPatient[]> {
  const patients: PlannedPatient[] = [];
  for (const patient of await allPatients(sql)) {
    const facts = await factsOf(sql, patient);
    patients.push({ facts, plan: planFor(facts, policy, now) });
  }
  return patients;
}

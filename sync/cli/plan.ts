import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { fatesOf } from './fate.ts';
import { givenMoment } from './moment.ts';
import { readInput } from './plan-input.ts';
import { planJson } from './plan-json.ts';
import { show } from './plan-view.ts';
import { planned } from './planned-patient.ts';
import { policyOf } from './policy-of.ts';
import type { Out } from './print.ts';

export interface PlanOptions {
  from?: string[];
  now?: string;
  asNew?: boolean;
  json?: boolean;
  words?: boolean;
  list?: boolean;
}

/** The dry run: nothing is sent, nothing is written. With `--from` it needs neither EHR nor database. */
export async function runPlan(options: PlanOptions, out: Out): Promise<void> {
  const { asNew = false, words = false, list = false } = options;
  const wanted = givenMoment(options.now);
  if (asNew && !options.from) throw new Failure('--as-new is for --from: the database knows what is new.', EXIT.usage);
  const config = readConfig();
  const { policy } = policyOf(config);
  const { input, patients, now } = options.from
    ? planned(readInput(options.from, policy.clinic), policy, wanted ?? systemClock(), asNew)
    : await (await import('./plan-known.ts')).planKnown(config, policy, wanted, out);
  const fates = fatesOf(patients, policy, now);
  if (options.json) out.line(JSON.stringify(planJson(patients, fates, input, { now, words })));
  else show(patients, fates, input, { policy, now, words, list }, out);
  if (!input.findings.some(finding => finding.unused)) return;
  if (input.resources.length + input.setAside.length === 0) throw new Failure('Nothing that was given could be used.');
  throw new Failure('Part of what was given could not be used; the findings say what.', EXIT.attention);
}

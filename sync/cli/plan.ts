import { readConfig } from '../config.ts';
import { systemClock } from '../domain/clock.ts';
import { instant } from '../domain/time.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
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
  const now = options.now === undefined ? systemClock() : instant(options.now);
  if (!now) throw new Failure(whyNoMoment(options.now ?? ''), EXIT.usage);
  if (asNew && !options.from) throw new Failure('--as-new is for --from: the database knows what is new.', EXIT.usage);
  const config = readConfig();
  const { policy } = policyOf(config);
  const { input, patients } = options.from
    ? planned(readInput(options.from, policy.clinic), policy, now, asNew)
    : await (await import('./plan-known.ts')).planKnown(config, policy, now, out);
  if (options.json) out.line(JSON.stringify(planJson(patients, input, { policy, now, words })));
  else show(patients, input, { policy, now, words, list }, out);
  if (input.unread === 0) return;
  if (input.resources.length + input.setAside.length === 0) throw new Failure('Nothing that was given could be used.');
  throw new Failure('Part of what was given could not be used; the findings say what.', EXIT.attention);
}

const whyNoMoment = (text: string) =>
  `--now: \`${text}\` is no moment in time. Write date, hour and zone, e.g. 2026-11-21T09:00:00-06:00 or 2026-11-21T15:00:00Z.`;

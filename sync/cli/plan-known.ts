import type { Config } from '../config.ts';
import { connect } from '../connect.ts';
import { type Instant, systemClock } from '../domain/clock.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { EXIT } from './exit-codes.ts';
import { Failure } from './failure.ts';
import { quietLog } from './open.ts';
import { planDatabase } from './plan-database.ts';
import { inputOf } from './plan-input.ts';
import { type Planned, planned } from './planned-patient.ts';
import type { Out } from './print.ts';
import { readEhr } from './read-ehr.ts';

/** What the service knows; before it knows anything, what it would know after its first look at the EHR. */
export async function planKnown(
  config: Config,
  policy: Policy,
  wanted: Instant | undefined,
  out: Out,
): Promise<Planned> {
  const known = await planDatabase(config, policy, wanted, out);
  if (known) return { ...known, input: { resources: [], findings: [], setAside: [] } };
  if (!config.environment.EHR_BASE_URL)
    throw new Failure(
      'Nothing has been read yet, so nothing can be planned. Set EHR_BASE_URL, or use --from with FHIR files.',
      EXIT.attention,
    );
  const now = wanted ?? systemClock();
  const connection = await connect(config, { clock: systemClock, log: quietLog() });
  const ehr = new URL(connection.baseUrl).host;
  out.aside(`The service has not read the EHR yet: ${ehr} is read for this dry run, and nothing is kept.`);
  const input = inputOf(await readEhr(connection, now, out), ehr, policy.clinic);
  return planned(input, policy, now, false);
}

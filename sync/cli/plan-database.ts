import type { Instant } from '../domain/clock.ts';
import { planFor } from '../domain/plan/plan-for.ts';
import type { Policy } from '../domain/policy/policy.ts';
import { factsOf } from '../store/facts.ts';
import { allPatients } from '../store/patient.ts';
import { withDatabase } from './open.ts';
import type { PlannedPatient } from './planned-patient.ts';
import type { Out } from './print.ts';

const PROGRESS = 500;

/** Everybody the service knows, planned as it would plan them now. */
export const planDatabase = (policy: Policy, now: Instant, out: Out): Promise<PlannedPatient[]> =>
  withDatabase(async ({ sql }) => {
    const patients: PlannedPatient[] = [];
    for (const patient of await allPatients(sql)) {
      const facts = await factsOf(sql, patient);
      patients.push({ facts, plan: planFor(facts, policy, now) });
      if (patients.length % PROGRESS === 0) out.aside(`${patients.length} patients planned …`);
    }
    if (patients.length === 0) out.aside('The database holds no patient yet: `sweep` reads the EHR, or use --from.');
    return patients;
  });

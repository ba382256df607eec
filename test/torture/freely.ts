import type { Policy } from '../../sync/domain/policy/policy.ts';
import { withClinic } from '../support/policy.ts';

/** Without a brake and without caps: many visits change at once here, and every hour the same few people are told something. */
export const freely = (policy: Policy): Policy =>
  withClinic(policy, { brake: { count: 1_000_000, share: 1 }, caps: { perDay: 1000, perWeek: 1000 } });

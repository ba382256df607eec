import type { EhrAuth } from './auth.ts';

/** A fixed token the operator was given. There is nothing to renew: a 401 stays a 401. */
export const bearer = (token: string): EhrAuth => ({
  authorization: async () => `Bearer ${token}`,
  invalidate() {},
});

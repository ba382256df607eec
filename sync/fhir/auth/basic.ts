import type { EhrAuth } from './auth.ts';

/** HTTP Basic with a fixed name and password (RFC 7617, in UTF-8): for gateways, and for Medplum, which takes it too. */
export const basic = (user: string, password: string): EhrAuth => ({
  authorization: async () => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  invalidate() {},
});

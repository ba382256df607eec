import type { Ehr } from './ehr.ts';

/** Visits in one transaction, and so with one stamp. */
export async function putAll(ehr: Ehr, ids: readonly string[]): Promise<void> {
  const { meta: _, ...like } = await ehr.put(ids[0] ?? '');
  const entry = ids.map(id => ({
    resource: { ...like, id },
    request: { method: 'PUT' as const, url: `Appointment/${id}` },
  }));
  await ehr.connection.client.transaction({ resourceType: 'Bundle', type: 'transaction', entry });
}

import type { Scene } from '../chaos/check-send.ts';

/** The chart holds each of our records, once. */
export async function chartWrong({ database: { sql }, ehr }: Scene): Promise<string[]> {
  const wrong: string[] = [];
  const held = new Set<string>();
  for (const type of ['Communication', 'CommunicationRequest', 'Task', 'AppointmentResponse'] as const)
    for (const { id, identifier } of await ehr.store.search(type)) {
      held.add(`${type}/${id}`);
      for (const { system, value } of identifier ?? []) {
        const name = `${type} ${system}|${value}`;
        if (held.has(name)) wrong.push(`the chart holds ${name} twice`);
        held.add(name);
      }
    }
  for (const table of ['message', 'task', 'inbound'] as const) {
    const query = sql
      .selectFrom(table as 'task')
      .select(['id', 'ehr_reference'])
      .where('ehr_reference', 'is not', null);
    for (const { id, ehr_reference: reference } of await query.execute())
      if (!held.has(reference ?? ''))
        wrong.push(`${table} ${id} is said to be ${reference}, which the chart does not hold`);
  }
  return wrong;
}

import type { Appointment, Bundle } from '@medplum/fhirtypes';
import { expect, test } from 'vitest';
import { onEveryEhr } from './ehr.ts';

onEveryEhr('reading', ehr => {
  const readById = (id: string) => ehr.connection.client.read('Appointment', id);

  test('what is there is found, what was deleted is gone (410), what never was is absent (404)', async () => {
    const [there, deleted] = [ehr.newId('there'), ehr.newId('deleted')];
    await ehr.put(there);
    await ehr.put(deleted);
    await ehr.ask('DELETE', `Appointment/${deleted}`);
    expect(await readById(there)).toMatchObject({ outcome: 'found', resource: { id: there } });
    expect(await readById(deleted)).toEqual({ outcome: 'gone' });
    expect(await readById(ehr.newId('never'))).toEqual({ outcome: 'absent' });
  });

  test('the history of one visit outlives it, newest first', async () => {
    const id = ehr.newId('visit');
    await ehr.put(id);
    await ehr.put(id, { status: 'cancelled' });
    await ehr.ask('DELETE', `Appointment/${id}`);
    const { body } = await ehr.ask('GET', `Appointment/${id}/_history`);
    const entry = (body as Bundle).entry ?? [];
    expect(entry.map(each => (each.resource as Appointment | undefined)?.status)).toEqual([
      undefined,
      'cancelled',
      'booked',
    ]);
  });

  test('search cache: a search sees what was stored a moment ago, though the same was asked a moment before', async () => {
    const identifier = [{ system: 'https://loopkeeper.org/test', value: ehr.newId('key') }];
    const path = `Appointment?identifier=${encodeURIComponent(`https://loopkeeper.org/test|${identifier[0]!.value}`)}`;
    const found = async () => {
      const ids: (string | undefined)[] = [];
      for await (const bundle of ehr.connection.client.pages(path, { fresh: true }))
        ids.push(...(bundle.entry ?? []).map(entry => entry.resource?.id));
      return ids;
    };
    expect(await found()).toEqual([]);
    const id = ehr.newId('visit');
    await ehr.put(id, { identifier });
    expect(await found()).toEqual([id]);
  });
});

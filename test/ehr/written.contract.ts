import type { Resource } from '@medplum/fhirtypes';
import { beforeAll, expect, test } from 'vitest';
import { WRITTEN } from '../fhir-profiles/support/written.ts';
import { onEveryEhr } from './ehr.ts';

const KINDS = WRITTEN.flatMap(([what, resource]): [string, Resource][] => (resource ? [[what, resource]] : []));
const ABOUT = ['Patient/ana', 'Patient/leo', 'RelatedPerson/mother', 'Appointment/one', 'Appointment/two'];

onEveryEhr('each kind of resource the service writes', ehr => {
  const there = new Map<string, string>();
  beforeAll(async () => {
    for (const reference of ABOUT) {
      const [type = '', word = ''] = reference.split('/');
      const id = ehr.newId(word);
      there.set(reference, `${type}/${id}`);
      if (type === 'Patient') await ehr.ask('PUT', `Patient/${id}`, { resourceType: 'Patient', id });
      if (type === 'Appointment') await ehr.put(id);
      if (type === 'RelatedPerson') {
        const patient = { reference: there.get('Patient/leo') ?? '' };
        await ehr.ask('PUT', `RelatedPerson/${id}`, { resourceType: 'RelatedPerson', id, patient });
      }
    }
  });

  test.for(KINDS)('%s: is taken once, and comes back whole', async ([, resource]) => {
    const key = ehr.newId('key');
    const sent = aboutThese(resource, there, key);
    const system = /"system":"([^"]+)","value":"key-/.exec(JSON.stringify(sent))?.[1] ?? '';
    const condition = `identifier=${encodeURIComponent(`${system}|${key}`)}`;
    const first = await ehr.connection.client.create(sent, condition);
    const second = await ehr.connection.client.create(sent, condition);
    expect([first.created, second.created]).toEqual([true, false]);
    const { id = '' } = first.resource;
    expect(second.resource.id).toBe(id);
    const read = await ehr.connection.client.read(sent.resourceType, id);
    if (read.outcome !== 'found') throw new Error(`It is ${read.outcome}.`);
    expect(content(read.resource)).toEqual(content(sent));
    expect(read.resource.meta?.profile).toEqual(sent.meta?.profile);
  });
});

/** About people and visits that are there, under a key of its own. */
function aboutThese(resource: Resource, there: ReadonlyMap<string, string>, key: string): Resource {
  let text = JSON.stringify(resource);
  for (const [from, to] of there) text = text.replaceAll(`"${from}"`, `"${to}"`);
  return JSON.parse(text.replace(/("identifier":\[\{"system":"[^"]+","value":)"[^"]*"/, `$1"${key}"`)) as Resource;
}

function content(resource: Resource): object {
  const { id: _, meta: __, ...rest } = resource;
  return rest;
}

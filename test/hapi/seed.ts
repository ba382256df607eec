import type { Bundle, Resource } from '@medplum/fhirtypes';

/** Puts these resources, under their own ids, into an empty EHR: all or none, so that they may refer to each other. */
export async function seedOverHttp(baseUrl: string, resources: readonly Resource[]): Promise<void> {
  const transaction: Bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map(resource => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
    })),
  };
  const response = await fetch(baseUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json', prefer: 'return=minimal' },
    body: JSON.stringify(transaction),
  });
  if (!response.ok) throw new Error(`The EHR did not take the practice: ${response.status} ${await response.text()}`);
}

/** `no-store`, as HAPI would keep what it answers here and give it again for a minute, even to those who ask later. */
export async function hasPatients(baseUrl: string): Promise<boolean> {
  const response = await fetch(`${baseUrl}/Patient?_summary=count`, { headers: { 'cache-control': 'no-store' } });
  const bundle = (await response.json()) as Bundle;
  return (bundle.total ?? 0) > 0;
}

import type { Patient } from '@medplum/fhirtypes';
import type { EhrClient } from '../../sync/fhir/client.ts';
import { NOW, sampleNamed } from './samples.ts';

/** An EHR that answers from memory; every visit of it has just been called off. */
export function calledOff(as = (patient: Patient): Patient => patient): EhrClient['read'] {
  return async (type, id) => {
    const resource = sampleNamed(type, id);
    if (resource?.resourceType === 'Patient') return { outcome: 'found', resource: as(resource) };
    if (resource?.resourceType !== 'Appointment') return { outcome: 'absent' };
    const meta = { ...resource.meta, versionId: '2', lastUpdated: NOW };
    return { outcome: 'found', resource: { ...resource, meta, status: 'cancelled' } };
  };
}

import type { CapabilityStatement } from '@medplum/fhirtypes';
import { type CapabilitySummary, summarise } from '../../../sync/fhir/capability.ts';

type Types = Record<string, { interactions: string; search: string }>;

/** A statement as small as a test needs, in the shape of the real ones. */
export function statement(software: string, types: Types, topics: string[] = []): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-08-01',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    software: { name: software, version: '1' },
    rest: [
      {
        mode: 'server',
        interaction: [{ code: 'transaction' }],
        extension: topics.map(valueCanonical => ({
          url: 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical',
          valueCanonical,
        })),
        resource: Object.entries(types).map(([type, { interactions, search }]) => ({
          type: type as 'Appointment',
          interaction: interactions.split(' ').map(code => ({ code: code as 'read' })),
          searchParam: search.split(' ').map(name => ({ name, type: 'string' as const })),
        })),
      },
    ],
  };
}

const everything = (interactions: string, search: string): Types =>
  Object.fromEntries(
    [
      'Appointment',
      'ServiceRequest',
      'Communication',
      'Task',
      'Patient',
      'RelatedPerson',
      'Consent',
      'Subscription',
    ].map(type => [type, { interactions, search: `${search} _id _lastUpdated` }]),
  );

const read = 'read search-type';

/** What each vendor's public statement says of the types we follow (`standards.md` §3, `hapi.md` §1, `medplum.md` §2). */
const STATEMENTS: Record<string, CapabilityStatement> = {
  medplum: statement(
    'medplum',
    everything('read create update patch delete search-type', 'date patient practitioner actor'),
  ),
  hapi: statement(
    'HAPI FHIR Server',
    everything('read create update patch delete search-type history-type', 'date patient practitioner actor status'),
  ),
  epic: statement('Epic', {
    Appointment: { interactions: read, search: 'patient date identifier status _id actor practitioner location' },
    ServiceRequest: { interactions: `${read} create update`, search: 'patient authored category status' },
    Communication: { interactions: `${read} create`, search: 'patient category encounter' },
    Task: { interactions: `${read} update`, search: 'patient code status modified owner' },
    Patient: { interactions: read, search: '_id identifier birthdate family given' },
  }),
  'oracle-health': statement('Oracle Health Millennium Platform', {
    Appointment: { interactions: `${read} create patch`, search: '_id patient practitioner location date' },
    ServiceRequest: { interactions: read, search: '_id patient code _lastUpdated' },
    Communication: { interactions: `${read} create patch`, search: '_id category recipient received -email-status' },
  }),
  athenahealth: statement('athenahealth', {
    Appointment: { interactions: read, search: '_id base-appointment-id group-appointment-id' },
    ServiceRequest: { interactions: read, search: 'patient status authored _lastUpdated' },
  }),
  eclinicalworks: statement('eClinicalWorks FHIR Server', {
    ServiceRequest: { interactions: read, search: '_id patient status category' },
  }),
  nextgen: statement('NextGen Enterprise FHIR', {
    ServiceRequest: { interactions: read, search: 'patient category _lastUpdated' },
  }),
  generic: statement('Some Server', everything('read create update search-type', 'date patient practitioner')),
};

export function capabilityOf(vendor: string): CapabilitySummary {
  const found = STATEMENTS[vendor];
  if (!found) throw new Error(`There is no statement of ${vendor}.`);
  return summarise(found);
}

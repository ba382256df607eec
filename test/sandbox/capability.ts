import type {
  CapabilityStatement,
  CapabilityStatementRestResource,
  CapabilityStatementRestResourceInteraction,
} from '@medplum/fhirtypes';
import type { Instant } from '../../sync/domain/clock.ts';
import { searchParameters } from './definitions.ts';
import { resourceTypes } from './resource-types.ts';
import { topicCanonical, topics } from './subscription/topic.ts';
import { tokenUrl } from './token.ts';

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport';
const interactions: CapabilityStatementRestResourceInteraction['code'][] = [
  'read',
  'vread',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
  'create',
  'search-type',
];

/** What this server does, computed from the parameters and topics it really has. */
export function capabilityStatement(baseUrl: string, now: Instant, secured: boolean): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: now,
    kind: 'instance',
    instantiates: [`${backport}/CapabilityStatement/backport-subscription-server-r4`],
    software: { name: 'Loopkeeper sandbox EHR' },
    implementation: { description: 'A practice EHR in one process, for tests and demonstrations.', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['json', 'application/fhir+json'],
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        ...(secured && { security: security(baseUrl) }),
        resource: resourceTypes.map(type => resource(type, baseUrl)),
        interaction: [{ code: 'transaction' }, { code: 'batch' }],
      },
    ],
  };
}

function resource(type: CapabilityStatementRestResource['type'], baseUrl: string): CapabilityStatementRestResource {
  const parameters = [...searchParameters(type ?? '').values()];
  return {
    type,
    profile: `http://hl7.org/fhir/StructureDefinition/${type}`,
    interaction: interactions.map(code => ({ code })),
    versioning: 'versioned-update',
    readHistory: true,
    updateCreate: true,
    conditionalCreate: true,
    conditionalRead: 'not-match',
    conditionalUpdate: true,
    conditionalDelete: 'single',
    referencePolicy: ['literal'],
    searchInclude: parameters.filter(each => each.type === 'reference').map(each => `${type}:${each.code}`),
    searchParam: parameters.map(({ code, type, url }) => ({ name: code, type, definition: url })),
    ...(type === 'Subscription' && topicsAndOperations(baseUrl)),
  };
}

function topicsAndOperations(baseUrl: string): Partial<CapabilityStatementRestResource> {
  return {
    extension: topics.map(({ name }) => ({
      url: `${backport}/StructureDefinition/capabilitystatement-subscriptiontopic-canonical`,
      valueCanonical: topicCanonical(baseUrl, name),
    })),
    supportedProfile: [`${backport}/StructureDefinition/backport-subscription`],
    operation: [
      { name: 'status', definition: `${backport}/OperationDefinition/backport-subscription-status` },
      { name: 'events', definition: `${backport}/OperationDefinition/backport-subscription-events` },
    ],
  };
}

function security(baseUrl: string) {
  const smart = { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' };
  const token = { url: 'token', valueUri: tokenUrl(baseUrl) };
  const url = 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris';
  return { service: [{ coding: [smart] }], extension: [{ url, extension: [token] }] };
}

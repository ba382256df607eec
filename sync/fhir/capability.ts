import type { CapabilityStatement } from '@medplum/fhirtypes';
import { z } from 'zod';
import { EhrError } from './outcome.ts';

const TOPIC_EXTENSION =
  'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition/capabilitystatement-subscriptiontopic-canonical';

const extensions = z.array(z.looseObject({ url: z.string(), valueCanonical: z.string().optional() })).default([]);
const coded = z.array(z.looseObject({ code: z.string() })).default([]);

/** Only what decides anything is looked at: real statements have megabytes and mistakes elsewhere. */
const statementSchema = z.looseObject({
  fhirVersion: z.string().optional(),
  software: z.looseObject({ name: z.string(), version: z.string().optional() }).optional(),
  rest: z.array(
    z.looseObject({
      mode: z.string(),
      extension: extensions,
      interaction: coded,
      resource: z
        .array(
          z.looseObject({
            type: z.string(),
            extension: extensions,
            interaction: coded,
            searchParam: z.array(z.looseObject({ name: z.string() })).default([]),
            conditionalCreate: z.boolean().default(false),
          }),
        )
        .default([]),
    }),
  ),
});

export interface TypeCapability {
  interactions: readonly string[];
  searchParameters: readonly string[];
  conditionalCreate: boolean;
}

/** What a server declares, as far as we ever ask. Declared is not proven: HAPI and Medplum both say more than is so. */
export interface CapabilitySummary {
  fhirVersion: string | undefined;
  software: { name: string; version: string | undefined } | undefined;
  types: Readonly<Record<string, TypeCapability>>;
  transaction: boolean;
  /** Canonicals of subscription topics, where they are declared at all. */
  topics: readonly string[];
}

/** Throws EhrError `not-fhir` when the statement cannot be read at all. */
export function summarise(statement: CapabilityStatement): CapabilitySummary {
  const parsed = statementSchema.safeParse(statement);
  const rest = parsed.data?.rest.find(each => each.mode === 'server');
  if (!parsed.success || !rest) {
    throw new EhrError('The CapabilityStatement describes no server that could be understood.', {
      code: 'not-fhir',
      retry: 'never',
    });
  }
  const { fhirVersion, software } = parsed.data;
  const types = rest.resource.map(resource => [
    resource.type,
    {
      interactions: resource.interaction.map(i => i.code),
      searchParameters: resource.searchParam.map(p => p.name),
      conditionalCreate: resource.conditionalCreate,
    },
  ]);
  const everywhere = [...rest.extension, ...rest.resource.flatMap(resource => resource.extension)];
  return {
    fhirVersion,
    software: software && { name: software.name, version: software.version },
    types: Object.fromEntries(types),
    transaction: rest.interaction.some(i => i.code === 'transaction'),
    topics: everywhere.flatMap(e => (e.url === TOPIC_EXTENSION && e.valueCanonical ? [e.valueCanonical] : [])),
  };
}

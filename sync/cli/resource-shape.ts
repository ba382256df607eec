import type { Resource } from '@medplum/fhirtypes';
import { z } from 'zod';
import { isResourceType, resourceTypeNamed } from '../fhir/resource-types.ts';
import { pathText } from '../policy/mistake.ts';
import { isObject } from './bundle-entries.ts';

const text = z.string().optional();
const list = <T extends z.ZodType>(of: T) => z.array(of).optional();
/** Others than FHIR's are read as unknown; what is no code at all may be anything, even a name. */
const status = z
  .string()
  .regex(/^[a-z-]{1,40}$/, { error: 'is no code' })
  .optional();
const reference = z.looseObject({ reference: text, display: text, type: text }).optional();
const coding = z.looseObject({ system: text, code: text });
const concept = z.looseObject({ coding: list(coding), text });
const period = z.looseObject({ start: text, end: text }).optional();
const contact = z.looseObject({ system: text, value: text, use: text, rank: z.number().optional(), period });
/** A `null` among the given names stands for one that has only an extension. */
const name = z.looseObject({ use: text, text, family: text, given: list(z.string().nullable()) });
const language = z.looseObject({ language: concept, preferred: z.boolean().optional() });

const ID = /^[A-Za-z0-9\-.]{1,64}$/;

const any = {
  id: z
    .string({
      error: ({ input }) => (input === undefined ? 'is missing, so nothing can refer to it' : 'should be text'),
    })
    .regex(ID, { error: 'is none that FHIR allows: up to 64 letters, digits, hyphens and points' }),
  meta: z.looseObject({ versionId: text, lastUpdated: text, tag: list(coding), security: list(coding) }).optional(),
  extension: list(z.looseObject({ url: text, valueUrl: text, valueCode: text })),
  modifierExtension: list(z.looseObject({})),
  identifier: list(z.looseObject({ system: text, value: text })),
};
const person = { active: z.boolean().optional(), name: list(name), telecom: list(contact), birthDate: text };

/** The elements we go by, and nothing else: what a server adds of its own is not minded (`standards.md` §0.2, §1). */
const SHAPES: Partial<Record<string, z.ZodType>> = {
  Patient: z.looseObject({
    ...any,
    ...person,
    deceasedBoolean: z.boolean().optional(),
    deceasedDateTime: text,
    link: list(z.looseObject({ type: text, other: reference })),
    communication: list(language),
    address: list(z.looseObject({ use: text, state: text })),
  }),
  RelatedPerson: z.looseObject({
    ...any,
    ...person,
    patient: reference,
    relationship: list(concept),
    communication: list(language),
    period,
  }),
  Appointment: z.looseObject({
    ...any,
    status,
    start: text,
    end: text,
    created: text,
    participant: list(z.looseObject({ actor: reference, status })),
    serviceType: list(concept),
    serviceCategory: list(concept),
    specialty: list(concept),
    appointmentType: concept.optional(),
    cancelationReason: concept.optional(),
    basedOn: list(z.looseObject({ reference: text })),
  }),
  Consent: z.looseObject({
    ...any,
    status,
    patient: reference,
    category: list(concept),
    dateTime: text,
    provision: z
      .looseObject({ type: text, code: list(concept), period, provision: list(z.looseObject({})) })
      .optional(),
  }),
  Communication: z.looseObject({
    ...any,
    status,
    subject: reference,
    sender: reference,
    category: list(concept),
    topic: concept.optional(),
    about: list(z.looseObject({ reference: text })),
    sent: text,
  }),
  Location: z.looseObject({ ...any, name: text }),
};

export type Taken =
  | { resource: Resource }
  | { setAside: string; about: string }
  | { about?: string; problems: string[] };

/** A resource whose elements are of the types that FHIR gives them; or why it is not used. */
export function take(value: unknown): Taken {
  if (!isObject(value)) return { problems: ['It is not a FHIR resource, but a list or a single value.'] };
  const { resourceType: type, id } = value;
  if (typeof type !== 'string') return { problems: ['It is not a FHIR resource: it has no resourceType.'] };
  if (!isResourceType(type)) {
    const meant = resourceTypeNamed(type);
    const hint = meant ? `; \`${meant}\` is meant` : '';
    return { problems: [`Its resourceType is none of FHIR R4${hint}.`] };
  }
  // What is no id may be anything, even a name.
  const about = typeof id === 'string' && ID.test(id) ? `${type}/${id}` : type;
  const shape = SHAPES[type];
  if (!shape) return { setAside: type, about };
  const { success, error } = shape.safeParse(value);
  return success
    ? { resource: { ...value, resourceType: type } as Resource }
    : { about, problems: error.issues.map(sentenceOf) };
}

const KINDS: Record<string, string> = {
  array: 'a list',
  object: 'an object',
  string: 'text',
  number: 'a number',
  boolean: 'true or false',
};

/** Never what the element holds: that may be about a patient. */
const sentenceOf = (issue: z.core.$ZodIssue): string =>
  issue.code === 'invalid_type' && !issue.path.includes('id')
    ? `${pathText(issue.path)} should be ${KINDS[issue.expected] ?? issue.expected}.`
    : `${pathText(issue.path)} ${issue.message}.`;

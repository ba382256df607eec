import type { ContactPoint, HumanName, Patient, PatientCommunication, RelatedPerson } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { spanOf } from '../time.ts';
import type { Finding, Read, Reference, Token } from './fact.ts';
import { hasUnknownModifier, idOf, isRestricted, referenceOf, token, tokens } from './fhir.ts';

export interface PatientFact {
  reference: Reference;
  active: boolean;
  deceased: boolean;
  /** Replaced by another record (`link.type = replaced-by`), whether or not the link says by which. */
  merged: boolean;
  replacedBy?: Reference;
  /** As recorded: may be a year only. */
  birthDate?: string;
  firstName?: string;
  telecom: ContactPoint[];
  /** Preferred first, as recorded. */
  languages: string[];
  tags: Token[];
  /** No automatic messages at all. */
  restricted: boolean;
  /** Where they live, as recorded. */
  state?: string;
}

export function readPatient(resource: Patient): Read<PatientFact> {
  const reference = idOf(resource);
  const findings: Finding[] = [];
  const problem = (text: string) => findings.push({ about: reference, problem: text });
  if (hasUnknownModifier(resource)) {
    problem('It carries a modifierExtension we do not know, which may change what it means; it is not used.');
    return { unusable: findings };
  }
  if (!resource.telecom?.length) problem('It has no telecom: nobody can be reached.');
  if (!resource.birthDate) problem('It has no birth date: we cannot tell whether a guardian is needed.');
  else if (resource.birthDate.length < 10)
    problem('Its birth date is partial; its age is taken as the youngest possible.');
  if (!firstNameOf(resource.name)) problem('It has no given name.');
  const replaced = resource.link?.find(link => link.type === 'replaced-by');
  const fact: PatientFact = {
    reference,
    active: resource.active !== false,
    deceased: isDeceased(resource),
    merged: replaced !== undefined,
    replacedBy: referenceOf(replaced?.other),
    birthDate: resource.birthDate,
    firstName: firstNameOf(resource.name),
    telecom: resource.telecom ?? [],
    languages: languagesOf(resource.communication),
    tags: (resource.meta?.tag ?? []).map(token),
    restricted: isRestricted(resource),
    state: resource.address?.find(a => a.use !== 'old' && a.state?.trim())?.state,
  };
  return { fact, findings };
}

/** `_deceasedDateTime` alone says: dead, date unknown (a primitive with only an extension, `standards.md` §0.2). */
const isDeceased = (patient: Patient): boolean =>
  patient.deceasedBoolean === true || patient.deceasedDateTime !== undefined || '_deceasedDateTime' in patient;

const BCP_47 = 'urn:ietf:bcp:47';

/** Preferred first. Of one language the standard code, then any other, then words: which coding comes first means nothing. */
function languagesOf(spoken: Pick<PatientCommunication, 'language' | 'preferred'>[] = []): string[] {
  return [...spoken]
    .sort((a, b) => Number(b.preferred === true) - Number(a.preferred === true))
    .flatMap(({ language }) => {
      const codings = [...(language?.coding ?? [])].sort(
        (a, b) => Number(b.system === BCP_47) - Number(a.system === BCP_47),
      );
      return [...codings.map(coding => coding.code), language?.text].filter(text => text !== undefined);
    });
}

export interface RelatedPersonFact {
  reference: Reference;
  patient: Reference;
  active: boolean;
  relationship: Token[];
  firstName?: string;
  telecom: ContactPoint[];
  languages: string[];
  /** Authority may be limited in time (`standards.md` §1.7). */
  startsAt?: Instant;
  endsAt?: Instant;
}

export function readRelatedPerson(resource: RelatedPerson): Read<RelatedPersonFact> {
  const reference = idOf(resource);
  const patient = referenceOf(resource.patient);
  const unusable = (problem: string) => ({ unusable: [{ about: reference, problem }] });
  if (!patient) return unusable('It does not say whose relation it is.');
  if (hasUnknownModifier(resource)) return unusable('It carries a modifierExtension we do not know; it is not used.');
  const fact: RelatedPersonFact = {
    reference,
    patient,
    active: resource.active !== false,
    relationship: tokens(...(resource.relationship ?? [])),
    firstName: firstNameOf(resource.name),
    telecom: resource.telecom ?? [],
    languages: languagesOf(resource.communication),
    startsAt: spanOf(resource.period?.start)?.first,
    endsAt: spanOf(resource.period?.end)?.last,
  };
  return { fact, findings: [] };
}

const firstNameOf = (names: HumanName[] | undefined): string | undefined => {
  const current = (names ?? []).filter(name => name.use !== 'old' && name.use !== 'maiden');
  const chosen =
    current.find(name => name.use === 'usual') ?? current.find(name => name.use === 'official') ?? current[0];
  return chosen?.given?.[0] ?? chosen?.text?.split(/\s+/)[0];
};

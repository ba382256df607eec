import type { ContactPoint, HumanName, Patient, RelatedPerson } from '@medplum/fhirtypes';
import type { Instant } from '../clock.ts';
import { instant } from '../time.ts';
import type { Finding, Read, Reference, Token } from './fact.ts';
import { hasUnknownModifier, idOf, isRestricted, referenceOf, token, tokens } from './fhir.ts';

export interface PatientFact {
  reference: Reference;
  active: boolean;
  deceased: boolean;
  /** The record this one was merged into (`link.type = replaced-by`). */
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
  const fact: PatientFact = {
    reference,
    active: resource.active !== false,
    deceased: resource.deceasedBoolean === true || resource.deceasedDateTime !== undefined,
    replacedBy: referenceOf(resource.link?.find(link => link.type === 'replaced-by')?.other),
    birthDate: resource.birthDate,
    firstName: firstNameOf(resource.name),
    telecom: resource.telecom ?? [],
    languages: [...(resource.communication ?? [])]
      .sort((a, b) => Number(b.preferred === true) - Number(a.preferred === true))
      .flatMap(c => c.language.coding?.[0]?.code ?? c.language.text ?? []),
    tags: (resource.meta?.tag ?? []).map(token),
    restricted: isRestricted(resource),
    state: resource.address?.find(a => a.use !== 'old')?.state,
  };
  return { fact, findings };
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
  endsAt?: Instant;
}

export function readRelatedPerson(resource: RelatedPerson): Read<RelatedPersonFact> {
  const reference = idOf(resource);
  const patient = referenceOf(resource.patient);
  if (!patient) return { unusable: [{ about: reference, problem: 'It does not say whose relation it is.' }] };
  const fact: RelatedPersonFact = {
    reference,
    patient,
    active: resource.active !== false,
    relationship: tokens(...(resource.relationship ?? [])),
    firstName: firstNameOf(resource.name),
    telecom: resource.telecom ?? [],
    languages: (resource.communication ?? []).flatMap(c => c.language.coding?.[0]?.code ?? c.language.text ?? []),
    endsAt: instant(resource.period?.end),
  };
  return { fact, findings: [] };
}

const firstNameOf = (names: HumanName[] | undefined): string | undefined => {
  const current = (names ?? []).filter(name => name.use !== 'old' && name.use !== 'maiden');
  const chosen =
    current.find(name => name.use === 'usual') ?? current.find(name => name.use === 'official') ?? current[0];
  return chosen?.given?.[0] ?? chosen?.text?.split(/\s+/)[0];
};

/** `Patient/123`: type and id, never a URL or a version. */
export type Reference = string;

/** A token as FHIR search would write it: `system|code`, or `|code` without a system. */
export type Token = string;

/** Something about a record that a person should know: which record, and a sentence. Holds no names or numbers. */
export interface Finding {
  about: Reference;
  problem: string;
}

/** A record read as a fact, or why it cannot be used. */
export type Read<Fact> = { fact: Fact; findings: Finding[] } | { unusable: Finding[] };

/** The fact, or none; for `flatMap`. */
export const factOf = <Fact>(read: Read<Fact>): Fact[] => ('fact' in read ? [read.fact] : []);

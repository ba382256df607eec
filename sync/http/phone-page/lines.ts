import { createHash } from 'node:crypto';
import type { ChannelMedium } from '../../channels/channel.ts';
import type { PhoneEntry } from '../../channels/phone/store.ts';

/** Somebody who can be written to, as the chart has them. */
export interface PhoneOwner {
  /** `Patient/123` */
  reference: string;
  name: string;
  /** IANA name, for the times on their phone. */
  timeZone: string;
  addresses: { medium: ChannelMedium; address: string }[];
  /** The patients this person stands for: a guardian, or one who is in the chart more than once. */
  standsFor?: readonly string[];
}

/** One number or e-mail address, with everybody who uses it. No owner: messages went there, and no chart has it now. */
export interface PhoneLine {
  /** Stands for the address in URLs, which must not hold it. */
  id: string;
  medium: ChannelMedium;
  address: string;
  owners: PhoneOwner[];
  /** Of whoever uses it first; where nobody is known, the practice's own. */
  timeZone: string;
  /** Oldest first. */
  entries: PhoneEntry[];
}

export interface KnownLines {
  owners: readonly PhoneOwner[];
  entries: readonly PhoneEntry[];
  /** Numbers of people in no chart, who have not written yet. */
  strangers?: Iterable<string>;
  /** Where the practice is. */
  timeZone: string;
}

/** Every line of the directory, of the messages and of strangers, in the order in which they are first met. */
export function linesOf({ owners, entries, strangers = [], timeZone }: KnownLines): PhoneLine[] {
  const lines = new Map<string, PhoneLine>();
  const lineFor = (medium: ChannelMedium, address: string): PhoneLine => {
    const id = lineId(address);
    const line = lines.get(id) ?? { id, medium, address, owners: [], timeZone, entries: [] };
    lines.set(id, line);
    return line;
  };
  for (const owner of owners) {
    for (const { medium, address } of owner.addresses) {
      const line = lineFor(medium, address);
      if (line.owners.includes(owner)) continue;
      if (line.owners.length === 0) line.timeZone = owner.timeZone;
      line.owners.push(owner);
    }
  }
  for (const entry of entries) lineFor(entry.medium, patientAddress(entry)).entries.push(entry);
  for (const number of strangers) lineFor('sms', number);
  return [...lines.values()];
}

const patientAddress = (entry: PhoneEntry): string => (entry.writtenBy === 'practice' ? entry.to : entry.from);

export const lineId = (address: string): string =>
  createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 16);

/** `Ana Lopez`, `Ana and Luis Lopez`-style lists are for people; here every name is whole: `Ana Lopez and Luis Lopez`. */
export const namesOf = (line: PhoneLine): string =>
  line.owners.length === 0
    ? 'Nobody in the chart'
    : new Intl.ListFormat('en-US', { type: 'conjunction' }).format(line.owners.map(owner => owner.name));

/** Whoever was last written to comes first. */
export const newestFirst = (lines: readonly PhoneLine[]): PhoneLine[] =>
  lines.toSorted((a, b) => (b.entries.at(-1)?.at ?? '').localeCompare(a.entries.at(-1)?.at ?? ''));

/** Where this patient's messages are read: on their own phone, or by whoever stands for them, as guardians do. */
export function lineOf(reference: string, lines: readonly PhoneLine[]): PhoneLine | undefined {
  const own = lines.filter(({ owners }) => owners.some(owner => owner.reference === reference));
  const theirs = lines.filter(({ owners }) => owners.some(owner => owner.standsFor?.includes(reference)));
  return newestFirst([...own, ...theirs])[0];
}

/** The lines that belong on the same phone: all addresses of the people who use this one. */
export const linesBeside = (line: PhoneLine, lines: readonly PhoneLine[]): PhoneLine[] =>
  line.owners.length === 0 ? [line] : lines.filter(other => other.owners.some(owner => line.owners.includes(owner)));

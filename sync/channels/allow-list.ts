/**
 * Outside production a message may leave only to listed test recipients: a copy of the chart must never text real
 * people (`scope.md` H6). Empty list, nobody. The phone page needs no such list, since nothing leaves the machine.
 *
 * Addresses match without regard to case and spaces: `+1 555 555 0100` is `+15555550100`.
 */
export function isAllowed(address: string, rule: { production: boolean; allow: readonly string[] }): boolean {
  return rule.production || rule.allow.some(allowed => plain(allowed) === plain(address) && plain(address) !== '');
}

/** Punctuation of a written number goes; an e-mail address keeps its dots and dashes, which tell people apart. */
const plain = (address: string): string => {
  const compact = address.replace(/\s/g, '').toLowerCase();
  return compact.includes('@') ? compact : compact.replace(/[-().]/g, '');
};

/** What a script may rely on. */
export const EXIT = {
  /** Done, and nothing to complain about. */
  ok: 0,
  /** It could not be done: the EHR or the database cannot be reached, or something broke. */
  failed: 1,
  /** The command or the configuration is wrong; nothing was tried. */
  usage: 2,
  /** Done, and something needs a person: mistakes in rules, warnings of the doctor, a brake. */
  attention: 3,
} as const;

export const EXIT_HELP = `
Exit codes: 0 done · 1 could not be done · 2 wrong command or configuration · 3 done, but look at what it says`;

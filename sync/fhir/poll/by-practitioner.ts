import type { ChangesSince } from './feed.ts';
import { query } from './query.ts';
import { sweep } from './sweep.ts';
import { window } from './window.ts';

/** The date window, one search for each practitioner of the roster (Oracle). A visit of nobody on it stays unseen. */
export const byPractitioner: ChangesSince = (client, type, cursor, options) => {
  const { parameters, ...within } = window(options);
  const parts = (options.roster ?? []).map(practitioner => ({
    key: practitioner,
    path: query(type, [['practitioner', practitioner], ...parameters], options.profile),
  }));
  return sweep(client, type, cursor, options, { kind: 'by-practitioner', parts, within });
};

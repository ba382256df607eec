import type { ChangesSince } from './feed.ts';
import { query } from './query.ts';
import { sweep } from './sweep.ts';
import { window } from './window.ts';

/** All visits of the days around now, compared with the last look. For servers that cannot say what changed when. */
export const dateWindow: ChangesSince = (client, type, cursor, options) => {
  const { parameters, ...within } = window(options);
  const parts = [{ key: '*', path: query(type, parameters, options.profile) }];
  return sweep(client, type, cursor, options, { kind: 'date-window', parts, within });
};

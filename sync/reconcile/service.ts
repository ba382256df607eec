import type { Logger } from 'winston';
import type { Channel, ChannelMedium } from '../channels/channel.ts';
import type { Clock } from '../domain/clock.ts';
import type { Policy } from '../domain/policy/policy.ts';
import type { Database } from '../store/database.ts';
import type { Connection } from './connection.ts';

/** Work that can be asked for. A request names its subject and nothing else: the worker reads what is true (law 1). */
export type Work = 'observe' | 'answer' | 'deliver' | 'publish';

/** Everything the loop needs from outside, made once by `wire.ts` (law 15). */
export interface Service {
  database: Database;
  clock: Clock;
  newId: () => string;
  log: Logger;
  /** The version in force, read from the database so that all instances agree. */
  policy: () => Promise<Policy>;
  /** Looks whether another version has been put in force. */
  refreshPolicy: () => Promise<void>;
  connection: Connection;
  channels: Partial<Record<ChannelMedium, Channel>>;
  /** May this address be written to from this installation? Outside production only listed ones (H6). */
  isAllowed: (address: string) => boolean;
  /** Where a reader of this e-mail stops them. */
  unsubscribeUrl: (messageId: string) => string;
  /** Asks for work soon, and never rejects. A lost request costs time only: the sweep looks at state, not at requests. */
  ask: (work: Work, subject: string) => Promise<void>;
}

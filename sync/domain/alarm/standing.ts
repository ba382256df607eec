import type { Instant } from '../clock.ts';

/** How the service stands at one moment, as counts, codes and hours: all that alarms are decided by. */
export interface Standing {
  /** When each type was last read from the EHR to the end. */
  reads: { type: string; at: Instant }[];
  subscriptions: { criteria: string; state: string }[];
  brakes: { cause: string; at: Instant }[];
  paused: boolean;
  /** Media that a provider refuses altogether. */
  stopped: { medium: string; at: Instant }[];
  /** The oldest work of each lane that could have been done by now. */
  lanes: { lane: Lane; oldest: Instant | undefined }[];
  /** Messages of a channel that ended, by whether they arrived, in the last hour and in the week before. */
  outcomes: { channel: string; lastHour: Outcomes; before: Outcomes }[];
  sites: { location: string; visitsAhead: number; messages: number }[];
  /** The visits ahead by their codes (`system|code`): those of one visit together. */
  visitKinds: { codes: string[]; visits: number }[];
  /** Share of the disk that is free, 0…1; undefined where nothing of ours is on a disk of this machine. */
  diskFree: number | undefined;
  certificates: { host: string; endsAt: Instant }[];
  secrets: { name: string; endsOn: string }[];
}

export const LANES = ['hear', 'plan', 'send', 'answer', 'publish'] as const;
export type Lane = (typeof LANES)[number];

export interface Outcomes {
  arrived: number;
  failed: number;
}

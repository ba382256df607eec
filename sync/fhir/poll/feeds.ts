import type { Feed } from '../strategy.ts';
import { byPatient } from './by-patient.ts';
import { byPractitioner } from './by-practitioner.ts';
import { dateWindow } from './date-window.ts';
import type { ChangesSince } from './feed.ts';
import { lastUpdated } from './last-updated.ts';
import { typeHistory } from './type-history.ts';

/** The feed of each strategy. They keep one contract and can be exchanged; a cursor of another kind starts anew. */
export const FEEDS: Readonly<Record<Exclude<Feed, 'none'>, ChangesSince>> = {
  'type-history': typeHistory,
  'last-updated': lastUpdated,
  'date-window': dateWindow,
  'by-practitioner': byPractitioner,
  'by-patient': byPatient,
};

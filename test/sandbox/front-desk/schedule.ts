import type { Instant } from '../../../sync/domain/clock.ts';
import type { SandboxStore } from '../store.ts';
import type { Clinician, Directory, Site } from './directory.ts';
import { plusDays } from './local-time.ts';
import { type VisitView, viewVisit } from './visit-view.ts';

/** A visit in a column of the day. Overlapping ones share the width: `lane` counts from the left. */
export type Card = { view: VisitView; lane: number; lanes: number };
export type Column = { name: string; clinician: Clinician | undefined; cards: Card[] };
export type SiteDay = { site: Site; columns: Column[] };
export type Day = { date: string; sites: SiteDay[]; waiting: VisitView[] };

/** One calendar date, which is a different span of time at each location. */
export async function readDay(store: SandboxStore, directory: Directory, date: string): Promise<Day> {
  // A local day lies within fourteen hours of the same date in UTC, wherever it is.
  const from: Instant = `${plusDays(date, -1)}T00:00:00Z`;
  const to: Instant = `${plusDays(date, 2)}T00:00:00Z`;
  const [near, waiting] = await Promise.all([
    store.search('Appointment', `date=ge${from}&date=lt${to}`),
    store.search('Appointment', 'status=proposed,waitlist'),
  ]);
  const views = near.map(one => viewVisit(one, directory)).filter(({ start }) => start?.date === date);
  return {
    date,
    sites: directory.sites.map(site => ({ site, columns: columnsOf(site, directory, views) })),
    waiting: waiting.filter(({ start }) => !start).map(one => viewVisit(one, directory)),
  };
}

/** The clinicians of the place, then anybody else who happens to work there that day. */
function columnsOf(site: Site, directory: Directory, all: readonly VisitView[]): Column[] {
  const here = all.filter(view => view.site.id === site.id);
  const residents = directory.clinicians.filter(({ siteId }) => siteId === site.id);
  const guests = [...new Set(here.map(({ clinicianName }) => clinicianName))].filter(
    name => !residents.some(one => one.name === name),
  );
  return [
    ...residents.map(one => ({ name: one.name, clinician: one, cards: cardsOf(here, one.name) })),
    ...guests.map(name => ({ name, clinician: undefined, cards: cardsOf(here, name) })),
  ];
}

function cardsOf(views: readonly VisitView[], name: string): Card[] {
  const mine = views.filter(view => view.clinicianName === name).sort((a, b) => startOf(a) - startOf(b));
  return clusters(mine).flatMap(inLanes);
}

const startOf = (view: VisitView): number => view.start?.minutes ?? 0;
const endOf = (view: VisitView): number => startOf(view) + view.minutes;

/** Runs of visits of which each overlaps one before it. */
function clusters(sorted: readonly VisitView[]): VisitView[][] {
  const runs: VisitView[][] = [];
  let until = -1;
  for (const view of sorted) {
    if (startOf(view) < until) runs.at(-1)?.push(view);
    else runs.push([view]);
    until = Math.max(until, endOf(view));
  }
  return runs;
}

function inLanes(run: readonly VisitView[]): Card[] {
  const ends: number[] = [];
  const placed = run.map(view => {
    const free = ends.findIndex(end => end <= startOf(view));
    const lane = free < 0 ? ends.length : free;
    ends[lane] = endOf(view);
    return { view, lane };
  });
  return placed.map(card => ({ ...card, lanes: ends.length }));
}

import type { CapabilitySummary } from './capability.ts';
import { type ResourceProfile, resourceProfile, type VendorProfile } from './profile.ts';
import { resourceTypeNamed } from './resource-types.ts';

export type Push = 'topic' | 'criteria' | 'none';
export type Feed = 'type-history' | 'last-updated' | 'date-window' | 'by-practitioner' | 'by-patient' | 'none';
export type DeleteFeed = 'history' | 'deleted-param' | 'verify-by-read' | 'none';

export interface Strategy {
  push: Push;
  /** The canonicals to subscribe to where push is `topic`. */
  topics: readonly string[];
  feed: Feed;
  deletes: DeleteFeed;
  /** Sentences for `doctor`: why this and not something better. */
  why: string[];
}

export interface StrategyOptions {
  /** Topic canonicals the administrator named for this resource type; declared ones are used too. */
  topics?: readonly string[];
  /** False where the EHR cannot reach us, or is not asked to. Default true. */
  reachable?: boolean;
}

/** How to hear of changes to one type: push rings the bell early, the feed is what is relied upon (`standards.md` §2.4, §3.9). */
export function chooseStrategy(
  capability: CapabilitySummary,
  profile: VendorProfile,
  type: string,
  options: StrategyOptions = {},
): Strategy {
  const why: string[] = [];
  const offered = searchable(capability, profile, type, why);
  const topics = [...new Set([...(options.topics ?? []), ...capability.topics.filter(topic => isAbout(topic, type))])];
  const push = choosePush(capability, profile, type, { ...options, topics }, why);
  const feed = offered ? chooseFeed(offered, type, why) : 'none';
  const deletes = chooseDeletes(feed, profile, why);
  if (feed === 'none' && push === 'none') why.push(`Changes to ${type} cannot be heard of here at all.`);
  else if (feed === 'none') why.push(`Nothing finds what a lost notification of ${type} would have said.`);
  return { push, topics: push === 'topic' ? topics : [], feed, deletes, why };
}

interface Offered {
  parameters: ReadonlySet<string>;
  requires: ResourceProfile['requires'];
  history: boolean;
}

/** What both the server declares and the profile lets stand. */
function searchable(c: CapabilitySummary, profile: VendorProfile, type: string, why: string[]): Offered | undefined {
  const declared = c.types[type];
  const known = resourceProfile(profile, type);
  if (!declared || !known) {
    why.push(declared ? `The profile of ${profile.title} has no ${type}.` : `The server does not offer ${type}.`);
    return undefined;
  }
  const history = known.typeHistory && declared.interactions.includes('history-type');
  if (!declared.interactions.includes('search-type') && !history) {
    why.push(`${type} can be read here but not searched.`);
    return undefined;
  }
  const { search } = known;
  const parameters = declared.searchParameters.filter(name => search === 'as-declared' || search.includes(name));
  return { parameters: new Set(parameters), requires: known.requires, history };
}

function choosePush(
  c: CapabilitySummary,
  profile: VendorProfile,
  type: string,
  { topics = [], reachable = true }: StrategyOptions,
  why: string[],
): Push {
  const { kinds } = profile.subscriptions;
  if (!reachable) return say(why, 'none', 'The EHR is not asked to notify us, so nothing is pushed.');
  if (kinds.length === 0) return say(why, 'none', `No notifications are sent by ${profile.title}.`);
  if (kinds.includes('topic') && topics.length > 0) {
    return say(why, 'topic', `There is a subscription topic for ${type}, which also tells of deletions.`);
  }
  if (!kinds.includes('criteria')) return say(why, 'none', `No subscription topic for ${type} is known.`);
  if (!c.types.Subscription?.interactions.includes('create')) {
    return say(why, 'none', 'The server does not let us create a Subscription.');
  }
  return say(why, 'criteria', `A Subscription on all of ${type}; it can be lost or late, so the feed runs beside it.`);
}

/**
 * `…/SubscriptionTopic/service-request-change`, `…/Appointment.cancel`, `…/Servicerequest` name their type in front. US
 * Core's patient-data-feed is not about Patient but about what belongs to one (`standards.md` §2.3).
 */
function isAbout(topic: string, type: string): boolean {
  const words = (topic.split('/').at(-1) ?? '').split(/[^A-Za-z]+/);
  if (words.includes('feed')) return false;
  const prefixes = words.map((_, i) => words.slice(0, words.length - i).join(''));
  return prefixes.map(resourceTypeNamed).find(named => named !== undefined) === type;
}

function chooseFeed({ parameters, requires, history }: Offered, type: string, why: string[]): Feed {
  const may = (...names: string[]) =>
    names.every(name => parameters.has(name)) &&
    (requires.length === 0 || requires.some(set => set.every(name => names.includes(name))));
  if (history) return say(why, 'type-history', `The history of ${type} shows every change and every deletion.`);
  if (may('_lastUpdated')) return say(why, 'last-updated', `${type} can be searched by the time of its last change.`);
  if (type === 'Appointment' && may('date')) {
    return say(why, 'date-window', 'Only the days ahead can be searched; changes are found by comparing contents.');
  }
  if (type === 'Appointment' && may('practitioner', 'date')) {
    return say(why, 'by-practitioner', 'Visits can only be searched one practitioner at a time.');
  }
  if (may('patient') || (type === 'Appointment' && may('patient', 'date')) || (type === 'Patient' && may('_id'))) {
    return say(why, 'by-patient', `${type} can only be searched one patient at a time.`);
  }
  return say(why, 'none', `No search of ${type} that this server allows would find changes.`);
}

function chooseDeletes(feed: Feed, profile: VendorProfile, why: string[]): DeleteFeed {
  if (feed === 'none') return 'none';
  if (feed === 'type-history') return 'history';
  if (feed === 'last-updated' && profile.deletes === 'deleted-param') {
    return say(why, 'deleted-param', 'Deletions are asked for with `_deleted=true`.');
  }
  return say(why, 'verify-by-read', 'A deletion is only noticed by reading what is still expected to be there.');
}

function say<T>(why: string[], choice: T, sentence: string): T {
  why.push(sentence);
  return choice;
}

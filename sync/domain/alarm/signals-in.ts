import type { Instant } from '../clock.ts';
import type { Rule } from '../policy/rule.ts';
import { minus, plus, toMs } from '../time.ts';
import type { AlarmCode, Signal } from './alarm.ts';
import type { Lane, Outcomes, Standing } from './standing.ts';

/** Polling happens every minute, a first read of a large practice takes some. */
const READ_WITHIN = 'PT10M';
/** What waits longer than this in a lane is not being worked on. Writes to a chart may rightly wait out a night's outage. */
const PATIENCE: Record<Lane, string> = { hear: 'PT5M', plan: 'PT15M', send: 'PT15M', answer: 'PT5M', publish: 'PT1H' };
/** Fewer failures than this are a bad day of somebody's phone. */
const FEW_FAILURES = 5;
const MUCH_FAILING = 0.2;
const TIMES_THE_USUAL = 3;
/** A place with fewer visits may rightly have nobody to tell anything. */
const FEW_VISITS = 5;
const LITTLE_DISK = 0.1;
const END_WARNING = 'P14D';

/** Everything that is wrong now, whether or not anybody has been told of it. Pure. */
export function signalsIn(standing: Standing, rules: Rule[], now: Instant): Signal[] {
  return [
    ...unread(standing, now),
    ...standing.subscriptions
      .filter(({ state }) => state !== 'active')
      .map(({ criteria, state }) => signal('subscription-down', criteria, state)),
    ...standing.brakes.map(({ cause, at }) => signal('brake', cause, `since ${at}`)),
    ...(standing.paused ? [signal('paused', 'sending', 'nothing leaves')] : []),
    ...standing.stopped.map(({ medium, at }) => signal('channel-stopped', medium, `since ${at}`)),
    ...stuck(standing, now),
    ...failing(standing),
    ...silent(standing),
    ...unmapped(standing, rules),
    ...(standing.diskFree !== undefined && standing.diskFree < LITTLE_DISK
      ? [signal('disk', 'state folder', `${Math.round(standing.diskFree * 100)} % free`)]
      : []),
    ...ending(standing, now),
  ];
}

const signal = (alarm: AlarmCode, subject: string, detail: string): Signal => ({ alarm, subject, detail });

function unread({ reads }: Standing, now: Instant): Signal[] {
  const late = reads.filter(({ at }) => at < minus(now, READ_WITHIN));
  const types = late.map(({ type }) => type).join(', ');
  const oldest = late.map(({ at }) => at).sort()[0];
  return oldest ? [signal('ehr-unreachable', 'EHR', `${types} not read since ${oldest}`)] : [];
}

/** While all sending is paused nothing can leave, and that is an alarm of its own. */
function stuck({ lanes, paused }: Standing, now: Instant): Signal[] {
  return lanes.flatMap(({ lane, oldest }) => {
    if (!oldest || oldest >= minus(now, PATIENCE[lane]) || (paused && lane === 'send')) return [];
    return [signal('stuck-lane', lane, `the oldest waits since ${oldest}`)];
  });
}

const share = ({ arrived, failed }: Outcomes) => failed / Math.max(1, arrived + failed);

function failing({ outcomes }: Standing): Signal[] {
  return outcomes
    .filter(({ lastHour, before }) => {
      const usual = Math.max(MUCH_FAILING, TIMES_THE_USUAL * share(before));
      // Where nearly everything fails every day, three times as much is more than everything.
      return lastHour.failed >= FEW_FAILURES && share(lastHour) >= Math.min(usual, 0.9);
    })
    .map(({ channel, lastHour: { arrived, failed } }) =>
      signal('rising-failures', channel, `${failed} of ${arrived + failed} in the last hour`),
    );
}

const silent = ({ sites }: Standing): Signal[] =>
  sites
    .filter(({ visitsAhead, messages }) => visitsAhead >= FEW_VISITS && messages === 0)
    .map(({ location, visitsAhead }) => signal('silent-site', location, `${visitsAhead} visits ahead`));

/** A vendor that changes its codes leaves rules that wait for ever, and visits that nothing is said of (K5). */
function unmapped({ visitKinds }: Standing, rules: Rule[]): Signal[] {
  const active = rules.filter(rule => rule.active && rule.trigger === 'visit-upcoming');
  const named = new Set(active.flatMap(rule => rule.if?.visitTypes ?? []));
  const takesAll = active.some(rule => !rule.if?.visitTypes);
  const seen = new Set(visitKinds.flatMap(({ codes }) => codes));
  const outside = takesAll ? [] : visitKinds.filter(({ codes }) => !codes.some(code => named.has(code)));
  // With no codes at all there is nothing ahead, or the EHR gives none: then no rule is to blame.
  const waiting = seen.size === 0 ? [] : [...named].filter(code => !seen.has(code));
  return [
    ...outside.map(({ codes, visits }) =>
      signal('unmapped-code', codes.join(' ') || 'no code', `${visits} visits ahead, and no rule`),
    ),
    ...waiting.map(code => signal('unmapped-code', code, 'a rule names it, and no visit ahead has it')),
  ];
}

function ending({ certificates, secrets }: Standing, now: Instant): Signal[] {
  const soon = plus(now, END_WARNING);
  const isSoon = (at: Instant) => toMs(at) < toMs(soon);
  return [
    ...certificates
      .filter(({ endsAt }) => isSoon(endsAt))
      .map(({ host, endsAt }) => signal('certificate', host, `ends ${endsAt}`)),
    ...secrets
      .filter(({ endsOn }) => isSoon(`${endsOn}T00:00:00.000Z`))
      .map(({ name, endsOn }) => signal('secret-expiry', name, `ends on ${endsOn}`)),
  ];
}

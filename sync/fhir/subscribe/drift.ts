import type { Extension, Subscription } from '@medplum/fhirtypes';
import { z } from 'zod';
import type { Instant } from '../../domain/clock.ts';
import { instant, plus } from '../../domain/time.ts';
import { SECRET_HEADER } from '../notification/verify.ts';
import { MEDPLUM_SECRET, type WireSubscription } from './desired.ts';
import { causeOf } from './given-up.ts';

/** One element that is not as wanted, as it may be shown: no secret, nor what might be one. */
export interface Drift {
  element: string;
  is: string[];
  should: string[];
  /** The same as a sentence. */
  why: string;
}

/** Everything that is not as wanted. What a server adds of its own is not minded, unless it narrows or says more than we asked. */
export function driftOf(want: WireSubscription, have: Subscription, now: Instant): Drift[] {
  const [w, h] = [partsOf(want), partsOf(have)];
  return [
    ...statusDrift(want, have),
    ...endDrift(have, now),
    ...only('criteria', have.criteria, want.criteria, 'It is about something else.'),
    ...each('_criteria', h._criteria, w._criteria, 'It is narrowed in another way.'),
    ...only('channel.endpoint', place(have.channel), place(want.channel), 'It leads to another endpoint.'),
    ...only('channel.type', have.channel.type, want.channel.type, DELIVERED),
    ...only('channel.payload', have.channel.payload, want.channel.payload, DELIVERED),
    ...each('channel._payload', h._payload, w._payload, DELIVERED),
    ...headerDrift(want.channel.header ?? [], have.channel.header ?? []),
    ...lacking('extension', h.extension, w.extension),
    ...lacking('channel.extension', h.channel, w.channel),
  ];
}

const DELIVERED = 'It is delivered in another way.';

function statusDrift(want: WireSubscription, { status, error }: Subscription): Drift[] {
  const why =
    status === 'error'
      ? `The EHR has given up on it${causeOf(error)}.`
      : status === 'off'
        ? 'It is switched off.'
        : status === 'requested' && want.status === 'active'
          ? 'It was never switched on.'
          : undefined;
  return why ? [{ element: 'status', is: [status], should: ['active'], why }] : [];
}

const endDrift = ({ end }: Subscription, now: Instant): Drift[] =>
  end && (instant(end) ?? now) < plus(now, 'P1D')
    ? [{ element: 'end', is: [end], should: [], why: 'It ends within a day.' }]
    : [];

const only = (element: string, is: string | undefined, should: string | undefined, why: string): Drift[] =>
  is === should ? [] : [{ element, is: is ? [is] : [], should: should ? [should] : [], why }];

/** An address may carry a password in its query, if it is not one of ours. */
const place = ({ endpoint }: Subscription['channel']): string | undefined => {
  const [address, query] = endpoint?.split('?') ?? [];
  return query === undefined ? address : `${address}?(hidden)`;
};

function each(element: string, have: Part[], want: Part[], why: string): Drift[] {
  const [is, should] = [without(have, want), without(want, have)];
  return is.length + should.length === 0 ? [] : [{ element, is: is.map(shown), should: should.map(shown), why }];
}

/** Of the same kind with another value, it is told what is there. */
function lacking(element: string, have: Part[], want: Part[]): Drift[] {
  const should = without(want, have);
  const is = have.filter(({ url }) => should.some(one => one.url === url));
  return should.length === 0
    ? []
    : [{ element, is: is.map(shown), should: should.map(shown), why: 'It lacks an extension.' }];
}

interface Part {
  url: string;
  value: string;
}

const without = (some: Part[], others: Part[]) =>
  some.filter(({ url, value }) => !others.some(other => other.url === url && other.value === value));

const shown = ({ url, value }: Part): string =>
  `${url.split('/').at(-1)} = ${url === MEDPLUM_SECRET ? '(hidden)' : value}`;

/** A line that we did not ask for may hold anybody's password. */
function headerDrift(want: string[], have: string[]): Drift[] {
  const [is, should] = [have.filter(line => !want.includes(line)), want.filter(line => !have.includes(line))];
  if (is.length + should.length === 0) return [];
  const nameIn = (line: string) => line.split(':')[0] ?? '';
  const isSecret = (line: string) => nameIn(line).toLowerCase() === SECRET_HEADER.toLowerCase();
  return [
    {
      element: 'channel.header',
      is: is.map(line => `${nameIn(line)}: (${isSecret(line) ? 'another secret' : 'hidden'})`),
      should: should.map(line => (isSecret(line) ? `${nameIn(line)}: (the secret that is set)` : line)),
      why: [...is, ...should].some(isSecret) ? 'Its secret is another one.' : 'Its headers are others.',
    },
  ];
}

const loose = z.looseObject({
  extension: z.array(z.custom<Extension>(e => typeof e === 'object' && e !== null)).optional(),
});
const holders = z.looseObject({
  extension: loose.shape.extension,
  _criteria: loose.optional(),
  channel: z.looseObject({ extension: loose.shape.extension, _payload: loose.optional() }),
});

/** All four places where a wish may hide. */
function partsOf(subscription: Subscription): Record<'extension' | '_criteria' | 'channel' | '_payload', Part[]> {
  const { data } = holders.safeParse(subscription);
  const parts = (list: Extension[] | undefined) =>
    (list ?? []).map(({ url, ...value }) => ({
      url,
      value: Object.entries(value)
        .map(([, one]) => (typeof one === 'object' ? JSON.stringify(one) : String(one)))
        .sort()
        .join(),
    }));
  return {
    extension: parts(data?.extension),
    _criteria: parts(data?._criteria?.extension),
    channel: parts(data?.channel.extension),
    _payload: parts(data?.channel._payload?.extension),
  };
}

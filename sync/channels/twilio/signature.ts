import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { ProviderRequest } from '../provider-request.ts';
import { readForm } from './form.ts';

/**
 * `X-Twilio-Signature` (`standards.md` §6.5): HMAC-SHA1 over the address and the sorted parameters. Checked against
 * each of our auth tokens (two during a rotation) and each way Twilio may have written the address.
 */
export function isSignedByTwilio(request: ProviderRequest, authTokens: readonly string[]): boolean {
  const given = request.header('x-twilio-signature');
  if (!given) return false;
  const expectedHash = new URLSearchParams(queryOf(request.url)).get('bodySHA256');
  if (expectedHash !== null && !sameText(sha256(request.body), expectedHash.toLowerCase())) return false;
  const params = expectedHash === null ? readForm(request.body) : new URLSearchParams();
  // Every comparison runs, so that time does not tell which variant came close.
  return authTokens
    .flatMap(token => writtenForms(request.url).map(url => sameText(twilioSignature(token, url, params), given)))
    .some(Boolean);
}

/** Repeated parameters: unique values, sorted, each after its name. */
export function twilioSignature(authToken: string, url: string, params: URLSearchParams): string {
  const names = [...new Set(params.keys())].sort();
  const pairs = names.flatMap(name => [...new Set(params.getAll(name))].sort().map(value => name + value));
  return createHmac('sha1', authToken)
    .update(url + pairs.join(''), 'utf8')
    .digest('base64');
}

/** The address with and without its standard port, and each of them with the query in form encoding (`%20` as `+`). */
function writtenForms(url: string): string[] {
  const forms = [url, withoutStandardPort(url), withStandardPort(url)];
  return [...new Set(forms.flatMap(form => [form, withFormEncodedQuery(form)]))];
}

// By hand, because `URL` would also tidy the path, the case and the encoding, which the signature covers as written.
const withoutStandardPort = (url: string): string =>
  url.replace(/^(https:\/\/[^/?#]*):443(?=[/?#]|$)/, '$1').replace(/^(http:\/\/[^/?#]*):80(?=[/?#]|$)/, '$1');

const withStandardPort = (url: string): string =>
  url.replace(
    /^(https?):\/\/([^/?#:]+)(?=[/?#]|$)/,
    (_, scheme: string, host: string) => `${scheme}://${host}:${scheme === 'https' ? 443 : 80}`,
  );

function withFormEncodedQuery(url: string): string {
  const query = queryOf(url);
  return query === '' ? url : url.replace(`?${query}`, () => `?${new URLSearchParams(query)}`);
}

const queryOf = (url: string): string => url.split('#')[0]!.split('?').slice(1).join('?');

const sha256 = (body: Buffer): string => createHash('sha256').update(body).digest('hex');

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

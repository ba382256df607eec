import type { Bundle } from '@medplum/fhirtypes';
import { asBundle, linkTo, remarks } from './bundle.ts';
import { EhrError, errorOf, outcomeCodes, outcomeText, PageExpired } from './outcome.ts';
import type { Send } from './transport.ts';

export interface PagesOptions {
  /** Bypasses the server's stored searches: HAPI repeats an answer for 60 s otherwise (`hapi.md` §5). */
  fresh: boolean;
}

const EPIC_SESSION_EXPIRED = '4113';

/**
 * The pages of a search or history, following `next` as given and only within the EHR's own host. Ends at the last page.
 * Throws PageExpired when a link died, and EhrError for everything else; nobody may treat what came so far as all there is.
 */
export async function* pages(send: Send, pathAndQuery: string, options: PagesOptions): AsyncGenerator<Bundle> {
  const what = `search ${pathAndQuery.split('?', 1)[0]}`;
  // `no-store` would be quicker on HAPI, but costs the next link.
  const headers: Record<string, string> = options.fresh ? { 'cache-control': 'no-cache' } : {};
  const seen = new Set<string>();
  for (let path: string | undefined = pathAndQuery; path !== undefined; ) {
    const follow: boolean = seen.size > 0;
    const { status, body, url } = await send({ method: 'GET', path, what, headers, idempotent: true });
    if (follow && isExpired(status, body)) throw new PageExpired(status, outcomeText(body));
    if (status !== 200) throw errorOf(what, status, body);
    const bundle = asBundle(body, what);
    if (follow && remarks(bundle).includes(EPIC_SESSION_EXPIRED)) throw new PageExpired(status, EPIC_SESSION_EXPIRED);
    seen.add(url);
    yield bundle;
    const next = linkTo(bundle, 'next');
    // What is no address goes on as it is, and is refused like one that leads elsewhere.
    path = next === undefined ? undefined : (URL.parse(next, url)?.href ?? next);
    if (path !== undefined && seen.has(path)) throw endless(what);
  }
}

const isExpired = (status: number, body: unknown): boolean =>
  status === 410 || (status >= 400 && outcomeCodes(body).vendor.includes(EPIC_SESSION_EXPIRED));

function endless(what: string): EhrError {
  return new EhrError(`The pages of ${what} lead back to one already read.`, { code: 'not-fhir', retry: 'later' });
}

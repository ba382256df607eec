import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import { z } from 'zod';

export type EhrErrorCode =
  | 'network'
  | 'timeout'
  | 'unauthorized'
  | 'forbidden'
  | 'not-found'
  | 'refused'
  | 'conflict'
  | 'throttled'
  | 'server'
  | 'circuit-open'
  | 'outcome-unknown'
  | 'page-expired'
  | 'foreign-link'
  | 'not-fhir'
  | 'token';

export interface EhrErrorInit {
  code: EhrErrorCode;
  /** `later`: the same request may succeed without anybody changing anything. */
  retry: 'never' | 'later';
  status?: number;
  /** Codes only. The server's free text may name a patient, so it never leaves this module (design law 13). */
  diagnostics?: string;
  /** Milliseconds the server asked us to stay away. */
  retryAfterMs?: number;
}

/** What talking to the EHR can end in, besides an answer. The message holds no name, number, word or query. */
export class EhrError extends Error {
  override readonly name: string = 'EhrError';
  readonly code: EhrErrorCode;
  readonly retry: 'never' | 'later';
  readonly status: number | undefined;
  readonly diagnostics: string;
  readonly retryAfterMs: number | undefined;

  constructor(message: string, init: EhrErrorInit) {
    super(init.diagnostics ? `${message} (${init.diagnostics})` : message);
    this.code = init.code;
    this.retry = init.retry;
    this.status = init.status;
    this.diagnostics = init.diagnostics ?? '';
    this.retryAfterMs = init.retryAfterMs;
  }
}

/** A `next` link died between two pages (HAPI: 410, Epic: 4113). The walk has to start again from its first page. */
export class PageExpired extends EhrError {
  override readonly name = 'PageExpired';
  constructor(status: number, diagnostics: string) {
    super('The page link had expired.', { code: 'page-expired', retry: 'later', status, diagnostics });
  }
}

const outcomeSchema = z.object({
  resourceType: z.literal('OperationOutcome'),
  issue: z.array(
    z.object({
      severity: z.string().optional(),
      code: z.string().optional(),
      diagnostics: z.string().optional(),
      details: z
        .object({ text: z.string().optional(), coding: z.array(z.object({ code: z.string().optional() })).optional() })
        .optional(),
    }),
  ),
});

export interface OutcomeCodes {
  /** IssueType codes: `throttled`, `conflict`, … */
  issues: string[];
  /** Precise codes: `HAPI-0989`, Epic's `4113`, `MSG_PARAM_UNKNOWN`. */
  vendor: string[];
}

/** The codes of an OperationOutcome, and nothing else of it. Anything that is no OperationOutcome has no codes. */
export function outcomeCodes(body: unknown): OutcomeCodes {
  const parsed = outcomeSchema.safeParse(body);
  if (!parsed.success) return { issues: [], vendor: [] };
  const issues = parsed.data.issue.map(issue => issue.code ?? '').filter(code => /^[a-z-]{1,40}$/.test(code));
  const vendor = parsed.data.issue.flatMap(issue => [
    ...(issue.diagnostics?.match(/\bHAPI-\d{4}\b/g) ?? []),
    ...(issue.details?.coding ?? []).map(c => c.code ?? '').filter(code => /^(\d{3,6}|MSG_[A-Z_]{1,40})$/.test(code)),
  ]);
  return { issues: [...new Set(issues)], vendor: [...new Set(vendor)] };
}

/** Whether the server's own words contain a phrase; the words themselves stay inside. */
export function outcomeMentions(body: unknown, phrase: string): boolean {
  const parsed = outcomeSchema.safeParse(body);
  const issues = parsed.success ? parsed.data.issue : [];
  return issues.some(issue => `${issue.details?.text ?? ''} ${issue.diagnostics ?? ''}`.includes(phrase));
}

export function outcomeText(body: unknown): string {
  const codes = outcomeCodes(body);
  return [...codes.issues, ...codes.vendor].join(', ');
}

/** An OperationOutcome of our own. `text` is a fixed sentence of ours, never a part of what was received. */
export function operationOutcome(code: OperationOutcomeIssue['code'], text: string): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, diagnostics: text }] };
}

const TRANSIENT = new Set(['transient', 'lock-error', 'timeout', 'throttled']);
const LATER = new Set([401, 408, 425, 429, 500, 502, 503, 504]);

export interface KnownRetry {
  /** The caller knows that this status passes by itself. */
  later?: boolean;
  retryAfterMs?: number | undefined;
}

/** An answer that is not what was asked for, as an error (`standards.md` §0.6 decides what may be tried again). */
export function errorOf(what: string, status: number, body: unknown, known: KnownRetry = {}): EhrError {
  const { issues } = outcomeCodes(body);
  const later = known.later || LATER.has(status) || issues.some(code => TRANSIENT.has(code));
  return new EhrError(`The EHR answered ${status} to ${what}.`, {
    code: codeOf(status, issues),
    retry: later ? 'later' : 'never',
    status,
    diagnostics: outcomeText(body),
    ...(known.retryAfterMs === undefined ? {} : { retryAfterMs: known.retryAfterMs }),
  });
}

function codeOf(status: number, issues: string[]): EhrErrorCode {
  if (status === 429 || issues.includes('throttled')) return 'throttled';
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'not-found';
  if (status === 409 || status === 412) return 'conflict';
  return status >= 500 ? 'server' : 'refused';
}

import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { ZodError } from 'zod';
import type { ProviderRequest } from '../channels/provider-request.ts';
import type { Clock } from '../domain/clock.ts';
import { TOO_MANY } from './refusal.ts';
import { slowGuesses } from './slow-guesses.ts';

/** Why a call was turned away. The only thing about it that may be logged. */
export type WebhookRefusal = 'signature-wrong' | 'malformed' | 'too-large' | 'unreadable' | 'not-recorded' | 'too-many';

/** One kind of call: a text that arrived, or a delivery report. */
export interface ProviderDoor<T> {
  /** Below the mount point, for example `/inbound`. */
  path: string;
  /** Undefined where the call says nothing new. Throws a ZodError where it is not understood. */
  parse: (request: ProviderRequest) => T | undefined;
  /** Resolves once the value survives a crash; only then is the provider told that we have it. */
  record: (value: T) => Promise<void>;
}

export interface ProviderWebhookOptions {
  /** Our public address without trailing slash, as the provider knows it: behind a proxy the request shows another. */
  publicBase: string;
  verify: (request: ProviderRequest) => boolean;
  clock: Clock;
  /** Told of a call turned away, and once of too many by one caller: the door and the reason, never what it held. */
  onRefused: (door: string, reason: WebhookRefusal) => void;
}

const LIMIT_BYTES = 64 * 1024;

/**
 * The doors of one provider. The signature is checked before anything is read; a provider may call twice, and `record`
 * has to bear it. Answers with empty TwiML, since any text in the answer would be sent to the patient
 * (`standards.md` §6.5).
 */
export function providerWebhook<A, B>(
  options: ProviderWebhookOptions,
  inbound: ProviderDoor<A>,
  status: ProviderDoor<B>,
): Router {
  const router = Router({ strict: true });
  const raw = express.raw({ type: () => true, limit: LIMIT_BYTES, inflate: false });
  const guesses = slowGuesses({
    clock: options.clock,
    onTooMany: ({ path }) => options.onRefused(path, 'too-many'),
    answer: (_request, response) => answerRefusal(response, 'too-many', []),
  });
  const at = <T>(door: ProviderDoor<T>) =>
    router.post(door.path, raw, handle(options, door, guesses), refuseUnreadable(options, door.path, guesses));
  at(inbound);
  at(status);
  return router;
}

function handle<T>(options: ProviderWebhookOptions, door: ProviderDoor<T>, guesses: RequestHandler) {
  return async (request: Request, response: Response): Promise<void> => {
    const refuse = (reason: WebhookRefusal, fields: string[] = []) => {
      options.onRefused(door.path, reason);
      answerRefusal(response, reason, fields);
    };
    const call: ProviderRequest = {
      url: options.publicBase + request.originalUrl,
      header: name => request.get(name),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    };
    if (!options.verify(call)) return void guesses(request, response, () => refuse('signature-wrong'));
    let value: T | undefined;
    try {
      value = door.parse(call);
    } catch (error) {
      if (error instanceof ZodError)
        return refuse(
          'malformed',
          error.issues.map(issue => issue.path.join('.')),
        );
      return refuse('not-recorded');
    }
    try {
      if (value !== undefined) await door.record(value);
    } catch {
      return refuse('not-recorded');
    }
    response.status(200).type('text/xml').send('<Response></Response>');
  };
}

/** What express could not read: too large, compressed, broken off. */
const refuseUnreadable =
  (options: ProviderWebhookOptions, door: string, guesses: RequestHandler): ErrorRequestHandler =>
  (error, request, response, _next) =>
    guesses(request, response, () => {
      const reason = error?.type === 'entity.too.large' ? 'too-large' : 'unreadable';
      options.onRefused(door, reason);
      answerRefusal(response, reason, []);
    });

const ANSWERS: Readonly<Record<WebhookRefusal, readonly [status: number, code: string, diagnostics: string]>> = {
  'signature-wrong': [401, 'security', 'The signature does not match this address, this body and our auth token.'],
  malformed: [400, 'structure', 'The body is not a call of this provider that we understand.'],
  'too-large': [413, 'too-long', 'The body is larger than 64 KB.'],
  unreadable: [400, 'structure', 'The body could not be read.'],
  'too-many': [429, 'throttled', TOO_MANY],
  'not-recorded': [500, 'exception', 'The call could not be recorded. Please send it again.'],
};

/** In the shape of an OperationOutcome. `fields` are names from our own schema, so they repeat nothing of the call. */
function answerRefusal(response: Response, reason: WebhookRefusal, fields: string[]): void {
  const [status, code, diagnostics] = ANSWERS[reason];
  const expression = fields.length > 0 ? { expression: fields } : {};
  const issue = [{ severity: 'error', code, diagnostics, ...expression }];
  response.status(status).json({ resourceType: 'OperationOutcome', issue });
}

import type { OperationOutcome, OperationOutcomeIssue } from '@medplum/fhirtypes';
import express, {
  type ErrorRequestHandler,
  type NextFunction,
  type Request,
  type Response,
  type Router,
} from 'express';
import { z } from 'zod';
import type { Clock } from '../domain/clock.ts';
import { readTraceparent, type Traceparent } from '../domain/trace.ts';
import { decode } from '../fhir/notification/decode.ts';
import type { Delivery, Heard } from '../fhir/notification/notification.ts';
import { openReplayWindow, replayKeys } from '../fhir/notification/replay.ts';
import { type HookSecrets, hasSecret, isSigned, keyOf, secretIn } from '../fhir/notification/verify.ts';
import { operationOutcome } from '../fhir/outcome.ts';
import type { VendorProfile } from '../fhir/profile.ts';
import type { EhrLog } from '../fhir/transport.ts';
import { TOO_MANY } from './refusal.ts';
import { slowGuesses } from './slow-guesses.ts';

export interface HookConnection {
  /** The EHR's FHIR base; references to anywhere else are not followed. */
  baseUrl: string;
  profile: VendorProfile;
  secrets: HookSecrets;
  /** A notification was believed for this secret: while it changes, that shows whether the one of before is still in use. */
  heardWith?: (secret: string) => void;
}

export interface NotificationDoor {
  connection(name: string): HookConnection | undefined;
  /** Keeps the wake durably; only then is the sender told that all is well. Rejecting means 503, and it comes again. */
  accept(wake: { connection: string; heard: Heard; traceparent: Traceparent | undefined }): Promise<void>;
  clock: Clock;
  log: EhrLog;
}

const LIMIT_BYTES = 1024 * 1024;

/**
 * Where EHRs post what changed. Mount it at `/hooks/fhir/:connection`, before any parser of bodies; it takes POST, PUT and
 * DELETE there and at `/Type/id` below. Nothing of a body is ever logged or said back.
 */
export function notificationRouter(door: NotificationDoor): Router {
  const router = express.Router({ mergeParams: true });
  const replays = openReplayWindow(door.clock);

  const refuse = (res: Response, name: string, status: number, code: OperationOutcomeIssue['code'], reason: string) => {
    door.log.warn('A notification was refused.', { connection: name, status, reason });
    send(res, status, operationOutcome(code, reason));
  };
  const guesses = slowGuesses({
    clock: door.clock,
    onTooMany: () =>
      door.log.warn('Too many notifications of one caller were wrong; for a minute they are answered 429.'),
    answer: (_req, res) => send(res, 429, operationOutcome('throttled', TOO_MANY)),
  });
  /** Whoever has shown no secret yet may be guessing one. */
  const turnAway = (req: Request, ...refusal: Parameters<typeof refuse>) =>
    isKnown(req, door) ? refuse(...refusal) : guesses(req, refusal[0], () => refuse(...refusal));

  // Before the body is read: who has no secret shall not make us hold a megabyte.
  const admit = (req: Request, res: Response, next: NextFunction) => {
    const name = nameIn(req);
    const connection = door.connection(name);
    if (!connection) return turnAway(req, res, 'unknown', 404, 'not-found', 'There is no such connection.');
    if (!hasSecret(req.headers, connection.secrets)) return turnAway(req, res, name, 401, 'login', WRONG_SECRET);
    if (!['POST', 'PUT', 'DELETE'].includes(req.method)) {
      res.set('allow', 'POST, PUT, DELETE');
      return turnAway(req, res, name, 405, 'not-supported', 'Only POST, PUT and DELETE are notifications.');
    }
    if (/\bxml\b/i.test(req.headers['content-type'] ?? '')) {
      return turnAway(req, res, name, 415, 'not-supported', 'Only JSON is understood here.');
    }
    next();
  };

  const hear = async (req: Request, res: Response) => {
    const name = nameIn(req);
    const connection = door.connection(name);
    if (!connection) return turnAway(req, res, 'unknown', 404, 'not-found', 'There is no such connection.');
    const { baseUrl, profile, secrets } = connection;
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    if (!isSigned(req.headers, body, secrets)) {
      return guesses(req, res, () => refuse(res, name, 401, 'login', WRONG_SECRET));
    }
    const delivery: Delivery = { method: req.method, path: req.path, headers: req.headers, body };
    const heard = decode(delivery, { baseUrl, eventNumbers: profile.subscriptions.eventNumbers });
    if (heard.kind === 'malformed') return refuse(res, name, 400, 'structure', heard.why);
    // Anybody of ours may knock with a handshake, to try whether a secret is believed.
    if (heard.kind !== 'handshake') tellSecrets(connection, req.headers, body);
    const keys = replayKeys(delivery, heard);
    if (!replays.hasAll(keys)) {
      try {
        await door.accept({ connection: name, heard, traceparent: readTraceparent(req.headers.traceparent) });
      } catch {
        // Not remembered as heard: the sender's next try has to get through.
        return refuse(res, name, 503, 'transient', 'The notification could not be kept; send it again.');
      }
      replays.remember(keys);
    }
    acknowledge(res, heard, profile);
  };

  const broken: ErrorRequestHandler = (error: unknown, req, res, _next) => {
    const kind = z.object({ type: z.string() }).safeParse(error).data?.type ?? '';
    const name = door.connection(nameIn(req)) ? nameIn(req) : 'unknown';
    if (kind === 'entity.too.large') {
      return turnAway(req, res, name, 413, 'too-long', `A notification may have ${LIMIT_BYTES} bytes at most.`);
    }
    if (kind === 'encoding.unsupported') {
      return turnAway(req, res, name, 415, 'not-supported', 'A compressed body is not understood here.');
    }
    if (kind !== '') return turnAway(req, res, name, 400, 'structure', 'The body could not be read to its end.');
    refuse(res, name, 500, 'exception', 'The notification could not be handled.');
  };

  router.use(admit, express.raw({ type: () => true, limit: LIMIT_BYTES, inflate: false }), hear, broken);
  return router;
}

/** By the secret in our header; a signature is known only when the body was read. */
function isKnown(req: Request, door: NotificationDoor): boolean {
  const secrets = door.connection(nameIn(req))?.secrets;
  return secrets !== undefined && secretIn(req.headers, secrets) !== undefined;
}

function tellSecrets({ secrets, heardWith }: HookConnection, headers: Delivery['headers'], body: Buffer): void {
  const { signature } = secrets;
  for (const secret of [secretIn(headers, secrets), signature && keyOf(headers, body, signature)])
    if (secret !== undefined) heardWith?.(secret);
}

const WRONG_SECRET = 'The secret or the signature is missing or wrong.';

const nameIn = (req: Request): string =>
  z.object({ connection: z.string() }).safeParse(req.params).data?.connection ?? '';

/** An empty 200 suits everybody, except that HAPI takes it for a failure after a topic's Bundle (`hapi.md` §4). */
function acknowledge(res: Response, heard: Heard, profile: VendorProfile): void {
  if (heard.shape === 'plain') return void res.status(200).end();
  if (profile.subscriptions.answer === 'no-content') return void res.status(204).end();
  send(res, 200, { resourceType: 'Bundle', type: 'transaction-response' });
}

function send(
  res: Response,
  status: number,
  resource: OperationOutcome | { resourceType: 'Bundle'; type: string },
): void {
  res.status(status).type('application/fhir+json').end(JSON.stringify(resource));
}

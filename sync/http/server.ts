import { createServer, type RequestListener, type Server } from 'node:http';

/** Of a notification, or of anything else that comes in: a megabyte in half a minute needs 35 KB a second. */
const WHOLE_REQUEST_MS = 30_000;
const HEADERS_MS = 10_000;

/**
 * The server of all doors. Who opens connections and says nothing, or a byte now and then, is cut off sooner than by
 * Node's minute and five minutes. Its other limits are right: 16 KB of headers (431), connections kept alive for seconds.
 * How many requests a connection may carry stays unlimited, for what comes after the last is answered 503: a lost hook.
 */
export const doorServer = (listener: RequestListener): Server =>
  createServer(
    { requestTimeout: WHOLE_REQUEST_MS, headersTimeout: HEADERS_MS, connectionsCheckingInterval: 1_000 },
    listener,
  );

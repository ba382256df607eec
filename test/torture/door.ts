import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type Listening, listen } from '../sandbox/listen.ts';

export interface Door extends Listening {
  /** Where the service of the moment listens; undefined while there is none. */
  opensTo: string | undefined;
  /** What was handed in and is not answered yet. */
  waiting: Set<object>;
  /** What the service has said 2xx to, by the names of `subjects`: that it may never lose. */
  acknowledged: string[];
}

/**
 * The public address of the service: it stays, and keeps count, while services come and go behind it. `subjects` says
 * what a call asks the service to keep.
 */
export async function openDoor(
  subjects: (path: string, body: string) => Promise<string[]>,
  onCall: () => void,
): Promise<Door> {
  const counts: Omit<Door, keyof Listening> = { opensTo: undefined, waiting: new Set(), acknowledged: [] };
  const listening = await listen((incoming, response) => void pass(incoming, response).catch(() => response.destroy()));
  const door: Door = Object.assign(counts, listening);

  async function pass(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = incoming;
    const body = await buffer(incoming);
    const asked = await subjects(url, body.toString());
    if (!door.opensTo) return void response.writeHead(502).end();
    const call = { url };
    door.waiting.add(call);
    onCall();
    try {
      const { status, answer } = await handOn(`${door.opensTo}${url}`, method, headers, body);
      if (status < 300) door.acknowledged.push(...asked);
      response.writeHead(status).end(answer);
    } finally {
      door.waiting.delete(call);
    }
  }
  return door;
}

/** Not `fetch`: the headers must go on as they came, or a signature would not hold. */
const handOn = (url: string, method: string, headers: IncomingMessage['headers'], body: Buffer) =>
  new Promise<{ status: number; answer: Buffer }>((resolve, reject) => {
    const onward = request(url, { method, headers, agent: false }, answer => {
      buffer(answer).then(bytes => resolve({ status: answer.statusCode ?? 500, answer: bytes }), reject);
    });
    onward.on('error', reject).end(body);
  });

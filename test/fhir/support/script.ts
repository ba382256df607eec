import type { IncomingHttpHeaders } from 'node:http';
import express from 'express';
import { type Listening, listen } from '../../sandbox/listen.ts';

export interface Heard {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Cut the connection instead of answering. */
  hangUp?: boolean;
}

export interface Scripted extends Listening {
  heard: Heard[];
}

/** A server that answers as the script says and remembers what it was asked; for what no well-behaved EHR would do. */
export async function scripted(script: (heard: Heard, count: number) => Answer | Promise<Answer>): Promise<Scripted> {
  const heard: Heard[] = [];
  const app = express();
  app.use(express.text({ type: () => true, limit: '20mb' }));
  app.use(async (req, res) => {
    const request = {
      method: req.method,
      url: req.originalUrl,
      headers: req.headers,
      body: typeof req.body === 'string' ? req.body : '',
    };
    heard.push(request);
    const answer = await script(request, heard.length);
    if (answer.hangUp) return void req.socket.destroy();
    res.status(answer.status).set(answer.headers ?? {});
    if (answer.body === undefined) res.end();
    else
      res
        .type('application/fhir+json')
        .end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  });
  return { ...(await listen(app)), heard };
}

/** Answers in order; the last one repeats. */
export const inOrder =
  (...answers: Answer[]) =>
  (_: Heard, count: number): Answer =>
    answers[Math.min(count, answers.length) - 1] ?? { status: 500 };

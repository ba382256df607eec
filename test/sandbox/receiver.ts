import express from 'express';
import { listen } from './listen.ts';

export interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  /** The raw bytes as text; empty when there was no body. */
  text: string;
}

export interface Receiver {
  url: string;
  /** Everything that arrived, in order. */
  received: Received[];
  /** What the next requests are answered with; 204 once the list is empty. */
  answers: number[];
  close(): Promise<void>;
}

/** An endpoint for notifications that remembers every request. */
export async function openReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const app = express();
  app.use(express.text({ type: () => true, limit: '10mb' }));
  app.use((req, res) => {
    const text = typeof req.body === 'string' ? req.body : '';
    received.push({ method: req.method, path: req.originalUrl, headers: req.headers, text });
    res.status(answers.shift() ?? 204).end();
  });
  const { url, close } = await listen(app);
  return { url, received, answers, close };
}

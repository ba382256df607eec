import express from 'express';
import { type Listening, listen } from '../sandbox/listen.ts';

export interface DeadEndpoint {
  url: string;
  /** How often somebody knocked. */
  knocks: number;
  /** From now on everything is taken. */
  heal(): void;
  close(): Promise<void>;
}

/** An endpoint that answers 500 until it is healed. */
export async function openDeadEndpoint(): Promise<DeadEndpoint> {
  const app = express();
  let status = 500;
  let listening: Listening | undefined;
  const endpoint: DeadEndpoint = {
    url: '',
    knocks: 0,
    heal: () => {
      status = 204;
    },
    close: async () => listening?.close(),
  };
  app.use((_req, res) => {
    endpoint.knocks += 1;
    res.status(status).end();
  });
  listening = await listen(app);
  endpoint.url = listening.url;
  return endpoint;
}

import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { build, JAR } from './build.ts';

export interface HapiOptions {
  /** 0, the default: any that is free. */
  port?: number;
  /** `jdbc:postgresql://…` or `jdbc:h2:file:…`; without it H2 in memory, which forgets everything at the end. */
  jdbc?: string;
  /** How often changes are looked for that want a notification. A stock server does so every 5,000 ms. */
  intervalMs?: number;
}

export interface Hapi {
  /** The FHIR base. */
  baseUrl: string;
  pid: number;
  stop(): Promise<void>;
  /** Resolves when it has ended, whoever ended it. */
  ended: Promise<void>;
}

/** Builds when needed and boots a real HAPI FHIR R4 server (10 to 30 s). It ends with this process at the latest. */
export async function startHapi({ port = 0, jdbc, intervalMs = 5000 }: HapiOptions = {}): Promise<Hapi> {
  build();
  const settings = { port, interval: intervalMs, withParent: true, ...(jdbc === undefined ? {} : { jdbc }) };
  const child = spawn(
    'java',
    [
      '-XX:TieredStopAtLevel=1',
      '-Xmx512m',
      ...Object.entries(settings).map(([name, value]) => `-Dloopkeeper.${name}=${value}`),
      '-jar',
      JAR,
    ],
    // The pipe to its input is its life line: it closes with us, however we end.
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()));
  const baseUrl = await readyLine(child);
  return {
    baseUrl,
    pid: child.pid ?? 0,
    ended,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function readyLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => reject(new Error(`HAPI ended with ${code} before it was ready.`)));
    createInterface({ input: child.stdout! }).on('line', line => {
      const url = /^READY (\S+)$/.exec(line)?.[1];
      if (url) resolve(url);
    });
  });
}

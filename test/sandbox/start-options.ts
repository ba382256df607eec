import { parseArgs } from 'node:util';

/** Loaded before anything else is: nothing here may take time to load. */
export const USAGE = `npm start [-- options]   starts the practice, the service and the phones
  --fresh              forgets everything first
  --port <n>           the service and the phones; 8080, or LOOPKEEPER_PORT
  --desk-port <n>      the front desk; 8090
  --help               says this
Its state is kept in the folder LOOPKEEPER_STATE, or .loopkeeper`;

export interface Options {
  fresh: boolean;
  servicePort: number;
  deskPort: number;
}

/** What was wanted, or the sentence that says what is wrong with it. */
export type Read = { options: Options } | { help: true } | { wrong: string };

const TEXT = { type: 'string' } as const;
const SWITCH = { type: 'boolean' } as const;
const KNOWN = { fresh: SWITCH, help: SWITCH, port: TEXT, 'desk-port': TEXT };

export function readOptions(args: readonly string[], environment: Readonly<Record<string, string | undefined>>): Read {
  try {
    const { values } = parseArgs({ args: [...args], options: KNOWN });
    if (values.help) return { help: true };
    const service = portOf('--port', values.port) ?? portOf('LOOPKEEPER_PORT', environment.LOOPKEEPER_PORT || '8080');
    const desk = portOf('--desk-port', values['desk-port'] ?? '8090');
    return apart({ fresh: values.fresh ?? false, servicePort: service ?? 8080, deskPort: desk ?? 8090 });
  } catch (error) {
    // Of what Node says, the first sentence; the rest is about arguments that this command does not have.
    return {
      wrong: error instanceof Error ? (/^[^.]*\./.exec(`${error.message}.`)?.[0] ?? error.message) : 'unreadable',
    };
  }
}

function portOf(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) < 65_536) return Number(text);
  throw new Error(`${name} has to be a port, a number up to 65535, and is “${text}”.`);
}

/** Port 0 lets the system choose, and it chooses two. */
function apart(options: Options): Read {
  const { servicePort, deskPort } = options;
  if (servicePort !== deskPort || servicePort === 0) return { options };
  return { wrong: `The service and the front desk need a port each, and both were to have ${deskPort}.` };
}

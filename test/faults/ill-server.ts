import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { appointment } from '../fhir/support/against.ts';
import { selfSigned } from '../support/self-signed.ts';

/** What a server does with a connection, or once it has read a request on one. */
export interface Illness {
  onConnection?: (socket: Socket) => void;
  onRequest?: (socket: Socket) => void;
}

export interface IllServer {
  url: string;
  /** Requests that were read. */
  heard: string[];
  /** From now on it answers as it should. */
  recover(): void;
  stop(): Promise<void>;
}

export const http = (status: string, headers: string[], body: string): string =>
  [`HTTP/1.1 ${status}`, ...headers, `content-length: ${Buffer.byteLength(body)}`, 'connection: close', '', body].join(
    '\r\n',
  );
export const JSON_TYPE = 'content-type: application/fhir+json';

export const WELL = http('200 OK', [JSON_TYPE], JSON.stringify(appointment));

/** A server on a bare socket, for what no HTTP library would do. `secure`: how TLS goes wrong, or with whose certificate. */
export async function illServer(illness: Illness, secure?: 'untrusted' | 'no-handshake' | 'plain'): Promise<IllServer> {
  let ill = true;
  const heard: string[] = [];
  const open = new Set<Socket>();
  const serve = (socket: Socket) => {
    open.add(socket);
    // To be cut off, or distrusted, is what is tested.
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    if (ill && illness.onConnection) return illness.onConnection(socket);
    socket.once('data', data => {
      heard.push(data.toString('latin1').split('\r\n', 1)[0] ?? '');
      if (ill && illness.onRequest) illness.onRequest(socket);
      else socket.end(WELL);
    });
  };
  const server = serverOf(secure, serve);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    heard,
    recover() {
      ill = false;
    },
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

function serverOf(secure: Parameters<typeof illServer>[1], serve: (socket: Socket) => void): Server {
  if (secure === undefined || secure === 'plain') return createServer(serve);
  // Without any certificate there is no cipher to agree on.
  const server = createTlsServer(secure === 'untrusted' ? selfSigned('ehr.example') : {}, serve);
  return server.on('tlsClientError', () => undefined);
}

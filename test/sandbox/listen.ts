import { createServer, type RequestListener } from 'node:http';

export interface Listening {
  /** `http://127.0.0.1:<port>`, without a slash at the end. */
  url: string;
  /** Resolves when the port is free again; connections kept alive are cut. */
  close(): Promise<void>;
}

/** Serves `app` on 127.0.0.1 only; port 0 lets the system choose. Rejects when the port is taken. */
export function listen(app: RequestListener, port = 0): Promise<Listening> {
  const server = createServer(app);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('The server has no TCP port.'));
      resolve({
        url: `http://127.0.0.1:${address.port}`,
        close: () =>
          new Promise<void>((done, failed) => {
            server.close(error => (error ? failed(error) : done()));
            server.closeAllConnections();
          }),
      });
    });
  });
}

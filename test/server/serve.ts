import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Express } from 'express';

const running: Server[] = [];

/** Starts an express application on a free port of the loopback interface; returns its base URL. */
export async function serve(build: (app: Express) => void): Promise<string> {
  const app = express();
  build(app);
  const server = createServer(app).listen(0, '127.0.0.1');
  running.push(server);
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Ends the servers of this file; for `afterEach`. */
export async function stopServers(): Promise<void> {
  for (const server of running.splice(0)) {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }
}

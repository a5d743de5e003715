import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { expect, it } from 'vitest';
import { expressMessages } from '../../src/server/express-messages.js';

it('requests and responses have what Express gives them before it sees them, and keep it', async () => {
  const app = express();
  const seen: object[] = [];
  app.get('/', (request, response) => {
    seen.push(Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object);
    response.status(201).json({ host: request.get('host'), app: request.app === app });
  });
  const server = createServer(expressMessages(app), (request, response) => {
    seen.push(Object.getPrototypeOf(request) as object, Object.getPrototypeOf(response) as object);
    app(request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  const body: unknown = await answer.json();
  server.close();
  expect([answer.status, body]).toEqual([201, { host: `127.0.0.1:${port}`, app: true }]);
  const given: object[] = [app.request, app.response];
  expect(seen.map((prototype) => given.indexOf(prototype))).toEqual([0, 1, 0, 1]);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { stoppable } from '../../src/server/shutdown.js';
import { expiry } from '../support/expiry.js';

/** Longer than a test may take. */
const FOREVER_MS = 3_600_000;
const opened: { close(): void }[] = [];
afterEach(() => {
  for (const one of opened.splice(0)) one.close();
});

async function listening(listener: RequestListener) {
  const server = createServer(listener);
  const stopping = stoppable(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push({ close: () => server.closeAllConnections() });
  return { server, stop: stopping.stop, port: (server.address() as AddressInfo).port };
}

/** A client socket that keeps what it reads, as text. */
async function client(port: number) {
  const socket = connect(port, '127.0.0.1');
  opened.push({ close: () => socket.destroy() });
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return {
    socket,
    send: (path: string) => socket.write(`GET ${path} HTTP/1.1\r\nHost: test\r\n\r\n`),
    text: () => text,
    async read(marker: string) {
      const signal = expiry();
      while (!text.includes(marker)) await once(socket, 'data', { signal });
    },
    closed: () => (socket.closed ? Promise.resolve() : once(socket, 'close', { signal: expiry() })),
  };
}

/** A listener whose answers the test writes itself. */
function heldRequests(server: Server) {
  return once(server, 'request', { signal: expiry() }).then(([, response]) => response as ServerResponse);
}

const ignore: RequestListener = () => undefined;
const hello: RequestListener = (_request, response) => response.end('hello');

describe('a stopping server', () => {
  it('refuses new connections', async () => {
    const { stop, port } = await listening(hello);
    await stop(FOREVER_MS);
    const socket = connect(port, '127.0.0.1');
    const [error] = await once(socket, 'error');
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('closes an idle keep-alive connection without waiting for the grace period', async () => {
    const { stop, port } = await listening(hello);
    const keepAlive = await client(port);
    keepAlive.send('/');
    await keepAlive.read('hello');
    expect(keepAlive.text()).toContain('Connection: keep-alive');
    await stop(FOREVER_MS);
    await keepAlive.closed();
  });

  it('answers a request that was on its way over an idle connection, and says that the connection closes', async () => {
    const { stop, port } = await listening(hello);
    const keepAlive = await client(port);
    keepAlive.send('/');
    await keepAlive.read('hello');
    const stopped = stop(FOREVER_MS);
    keepAlive.send('/');
    await stopped;
    await keepAlive.closed();
    expect(keepAlive.text()).toMatch(/hello.*\r\nConnection: close\r\n.*hello$/s);
  });

  it('closes a connection that has asked nothing yet', async () => {
    const { server, stop, port } = await listening(hello);
    const accepted = once(server, 'connection');
    const silent = await client(port);
    await accepted;
    await stop(FOREVER_MS);
    await silent.closed();
  });

  it('finishes a request in flight and says that the connection closes', async () => {
    const { server, stop, port } = await listening(ignore);
    const asking = await client(port);
    const held = heldRequests(server);
    asking.send('/');
    const response = await held;
    const stopped = stop(FOREVER_MS);
    response.end('late but whole');
    await stopped;
    await asking.closed();
    expect(asking.text()).toContain('\r\nConnection: close\r\n');
    expect(asking.text()).toMatch(/\r\n\r\nlate but whole$/);
  });

  it('finishes an answer whose headers are out, then closes its keep-alive connection', async () => {
    const { server, stop, port } = await listening(ignore);
    const asking = await client(port);
    const held = heldRequests(server);
    asking.send('/');
    const response = await held;
    response.setHeader('Content-Length', 9);
    response.write('first');
    await asking.read('first');
    const stopped = stop(FOREVER_MS);
    response.end('last');
    await stopped;
    await asking.closed();
    expect(asking.text()).toMatch(/firstlast$/);
  });

  it('sends the rest of a large answer that is complete but not yet read', async () => {
    const size = 30_000_000;
    const { server, stop, port } = await listening((_request, response) => response.end(Buffer.alloc(size, 'x')));
    const slow = connect(port, '127.0.0.1');
    slow.pause();
    const asked = once(server, 'request');
    slow.write('GET / HTTP/1.1\r\nHost: test\r\n\r\n');
    await asked;
    const stopped = stop(FOREVER_MS);
    let received = 0;
    slow.on('data', (chunk: Buffer) => (received += chunk.length));
    slow.resume();
    await once(slow, 'close', { signal: expiry() });
    await stopped;
    expect(received).toBeGreaterThan(size);
  });

  it('answers all requests that were pipelined before', async () => {
    const held: ServerResponse[] = [];
    const both = Promise.withResolvers<void>();
    const { stop, port } = await listening((_request, response) => {
      if (held.push(response) === 2) both.resolve();
    });
    const asking = await client(port);
    asking.send('/1');
    asking.send('/2');
    await both.promise;
    const stopped = stop(FOREVER_MS);
    held[0]!.end('one');
    held[1]!.end('two');
    await stopped;
    await asking.closed();
    expect(asking.text()).toMatch(/one[^]*two$/);
    expect(asking.text().match(/Connection: close/g)).toHaveLength(1);
  });

  it('cuts what is stuck after the grace period', async () => {
    const { server, stop, port } = await listening(ignore);
    const stuck = await client(port);
    const held = heldRequests(server);
    stuck.send('/');
    await held;
    await stop(20);
    await stuck.closed();
    expect(stuck.text()).toBe('');
  });

  it('ends when the client of a request in flight leaves', async () => {
    const { server, stop, port } = await listening(ignore);
    const leaving = await client(port);
    const held = heldRequests(server);
    leaving.send('/');
    await held;
    const stopped = stop(FOREVER_MS);
    leaving.socket.destroy();
    await expect(stopped).resolves.toBeUndefined();
  });

  it('may be stopped twice, and without ever having listened', async () => {
    const { stop } = await listening(hello);
    expect(stop(FOREVER_MS)).toBe(stop(0));
    await stop(FOREVER_MS);
    await expect(stoppable(createServer()).stop(FOREVER_MS)).resolves.toBeUndefined();
  });
});

describe('a stopping server with WebSockets', () => {
  async function webSocket(server: Server, port: number): Promise<{ socket: WebSocket; sockets: WebSocketServer }> {
    const sockets = new WebSocketServer({ server });
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'open', { signal: expiry() });
    return { socket, sockets };
  }

  it('leaves an upgraded socket to its owner and ends when the owner has closed it', async () => {
    const { server, stop, port } = await listening(hello);
    const { socket, sockets } = await webSocket(server, port);
    const stopped = stop(FOREVER_MS);
    const closed = once(socket, 'close', { signal: expiry() });
    for (const peer of sockets.clients) peer.close(1001, 'going away');
    expect((await closed)[0]).toBe(1001);
    await stopped;
  });

  it('cuts an upgraded socket that is still open after the grace period', async () => {
    const { server, stop, port } = await listening(hello);
    const { socket } = await webSocket(server, port);
    const closed = once(socket, 'close', { signal: expiry() });
    await stop(20);
    expect((await closed)[0]).toBe(1006);
  });

  it('hangs up on an upgrade that nobody handles any more', async () => {
    const { server, port } = await listening(hello);
    const { socket, sockets } = await webSocket(server, port);
    socket.terminate();
    sockets.close();
    const late = await client(port);
    late.socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
    await late.closed();
  });

  it('serves a request for an upgrade as a plain one when nobody upgrades', async () => {
    const { port } = await listening(hello);
    const plain = await client(port);
    plain.socket.write('GET / HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n');
    await plain.read('hello');
  });
});

import { Server as NetServer } from 'node:net';
import type { Socket } from 'node:net';
import type { Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface StoppableServer {
  /**
   * Stops the server: no new connections, requests being answered are finished and told `Connection: close`, idle
   * connections are closed after a moment in which a request that was on its way is still answered. What is open after
   * the grace period is cut. Resolves when no connection is left; a second call waits for the first.
   * @param graceMs how long requests may take to finish, in milliseconds
   */
  stop(graceMs: number): Promise<void>;
}

/**
 * Prepares a server for a graceful stop; call it before the server listens.
 *
 * `server.close()` alone would not do: it cuts connections whose answer is complete but not yet sent, and waits
 * forever for a request that never ends. Upgraded sockets (WebSocket) belong to whoever upgraded them, who should say
 * goodbye in the protocol's own way; they are only cut with the rest after the grace period.
 */
export function stoppable(server: Server): StoppableServer {
  const connections = new Connections();
  server.on('connection', (socket) => connections.opened(socket));
  // Before the one that answers, which may do so at once.
  server.prependListener('request', (_request, response) => connections.asked(response));
  watchUpgrades(server, (socket) => connections.upgraded(socket));
  let stopped: Promise<void> | null = null;
  return { stop: (graceMs) => (stopped ??= stop(server, connections, graceMs)) };
}

/** How long an idle connection may still bring the request that its client sent before it could know. */
const LINGER_MS = 1_000;

async function stop(server: Server, connections: Connections, graceMs: number): Promise<void> {
  // The method of the class below: the one of http.Server first destroys sockets that still have an answer to send.
  const closed = new Promise<void>((resolve) => NetServer.prototype.close.call(server, () => resolve()));
  connections.finish();
  const linger = setTimeout(() => connections.cutIdle(), Math.min(LINGER_MS, graceMs));
  const grace = setTimeout(() => connections.cut(), graceMs);
  await closed;
  clearTimeout(linger);
  clearTimeout(grace);
  // Now harmless, and needed: it ends the server's own timer that looks for slow requests.
  server.close(() => undefined);
}

/**
 * Hears of upgrades without causing them: a server with an `upgrade` listener no longer serves requests that ask for
 * an upgrade as plain ones, so ours comes only when another one does.
 */
function watchUpgrades(server: Server, upgraded: (socket: Duplex) => void): void {
  let watching = false;
  const watch = () => {
    if (watching) return;
    watching = true;
    server.prependListener('upgrade', (_request, socket) => {
      if (server.listenerCount('upgrade') === 1) socket.destroy();
      else upgraded(socket);
    });
  };
  if (server.listenerCount('upgrade') > 0) watch();
  server.on('newListener', (event) => {
    if (event === 'upgrade') watch();
  });
}

/** The open sockets of a server, each with the answers it still owes. */
class Connections {
  private readonly owed = new Map<Duplex, Set<ServerResponse>>();
  private readonly handedOver = new Set<Duplex>();
  private finishing = false;
  private idleIsOver = false;

  opened(socket: Socket): void {
    this.owed.set(socket, new Set());
    socket.once('close', () => {
      this.owed.delete(socket);
      this.handedOver.delete(socket);
    });
  }

  asked(response: ServerResponse): void {
    const socket = response.req.socket;
    const answers = this.owed.get(socket);
    if (!answers) return;
    answers.add(response);
    if (this.finishing) announceClose(response);
    response.once('close', () => {
      answers.delete(response);
      // The server itself closes a connection behind an answer that announced it; other clients may have asked again.
      if (this.idleIsOver && answers.size === 0) socket.destroySoon();
    });
  }

  upgraded(socket: Duplex): void {
    this.owed.delete(socket);
    this.handedOver.add(socket);
  }

  finish(): void {
    this.finishing = true;
    for (const answers of this.owed.values()) {
      // Only the last of several pipelined answers may announce the end: the announcement drops those behind it.
      const last = [...answers].at(-1);
      if (last) announceClose(last);
    }
  }

  cutIdle(): void {
    this.idleIsOver = true;
    for (const [socket, answers] of this.owed) if (answers.size === 0) socket.destroy();
  }

  cut(): void {
    for (const socket of [...this.owed.keys(), ...this.handedOver]) socket.destroy();
  }
}

function announceClose(response: ServerResponse): void {
  if (!response.headersSent) response.setHeader('Connection', 'close');
}

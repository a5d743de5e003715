// Many WebSocket clients: a program that rows/fan-out.ts starts and tells what to do.
import { WebSocket } from 'ws';
import { answerMessages } from './processes.ts';
import type { SubscriberOrder, SubscriberResult } from './rows/fan-out.ts';

/** Handshakes that are under way at once. */
const AT_ONCE = 50;
/** Part of every delivery, and of nothing else. */
const DELIVERY = Buffer.from('"type":"next"');

let received = 0;
let fault: Error | undefined;
let wake: () => void = () => undefined;

answerMessages<SubscriberOrder, SubscriberResult>(async (order) => {
  if (order.kind === 'open') await openAll(order.url, order.count, order.subscription);
  else while (received < order.count && !fault) await new Promise<void>((resolve) => (wake = resolve));
  if (fault) throw fault;
  return { received };
});

async function openAll(url: string, count: number, subscription: string | null): Promise<void> {
  let left = count;
  const openSome = async (): Promise<void> => {
    while (left-- > 0) await open(url, subscription);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, openSome));
}

/** Resolves when the socket is open, and the server has read what it subscribes to. */
async function open(url: string, subscription: string | null): Promise<void> {
  const protocols = subscription === null ? [] : ['graphql-transport-ws'];
  const socket = new WebSocket(url, protocols, { perMessageDeflate: false, skipUTF8Validation: true });
  socket.on('close', (code, reason) => fail(`A subscriber was closed with ${code} ${String(reason)}.`));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.on('error', (error) => fail(error.message));
  if (subscription !== null) await subscribe(socket, subscription);
  socket.on('message', (data: Buffer) => {
    // Deliveries are only counted: to take them apart would cost more than to send them.
    if (!data.includes(DELIVERY)) return fail(String(data));
    received += 1;
    wake();
  });
}

async function subscribe(socket: WebSocket, query: string): Promise<void> {
  const exchange = (messages: readonly object[], awaited: string): Promise<void> =>
    new Promise((resolve) => {
      socket.on('message', function listener(data) {
        if ((JSON.parse(String(data)) as { type: string }).type !== awaited) return;
        socket.off('message', listener);
        resolve();
      });
      for (const message of messages) socket.send(JSON.stringify(message));
    });
  await exchange([{ type: 'connection_init' }], 'connection_ack');
  await exchange([{ id: '1', type: 'subscribe', payload: { query } }, { type: 'ping' }], 'pong');
}

function fail(message: string): void {
  fault ??= new Error(message);
  wake();
}

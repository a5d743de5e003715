import { once } from 'node:events';
import type { Socket } from 'node:net';
import WebSocket from 'ws';
import type { Random } from '../bench/random.js';
import { EXPIRY_MS } from '../support/expiry.js';
import type { Shot } from './campaign.js';
import type { GraphqlRequests } from './graphql-requests.js';
import { faultText } from './over-http.js';
import { brokenJson, showsInternals } from './rules.js';
import type { Target } from './target.js';
import { edgeText, edgeValue, jsonText, mutated, spoiledBytes } from './values.js';

/** Codes with which a socket may rightly be closed: by us, by RFC 6455 and by the protocol, each for a fault of the client. */
const RIGHTFUL: ReadonlySet<number> = new Set([1000, 1002, 1003, 1007, 1009, 4400, 4401, 4403, 4406, 4408, 4409, 4429]);

const TYPES = [
  'connection_init',
  'subscribe',
  'complete',
  'ping',
  'pong',
  'next',
  'error',
  'connection_ack',
  '',
  '__proto__',
];
const CONTROL = 'control';

/** A socket that sends some messages, most of them of the protocol, and is asked at the end whether it still answers. */
export function socketShot({ server, tokens, takeFaults }: Target, requests: GraphqlRequests): Shot {
  return async (random) => {
    const token = random.pick(tokens);
    const sent: string[] = [];
    const socket = new WebSocket(`${server.url.replace(/^http/, 'ws')}/graphql`, ['graphql-transport-ws']);
    const heard = new Heard(socket);
    await once(socket, 'open');
    if (random.chance(0.9))
      say(socket, sent, { type: 'connection_init', payload: { ...(token && { Authorization: `Bearer ${token}` }) } });
    for (let left = random.below(8); left >= 0; left -= 1) {
      if (random.chance(0.75))
        say(socket, sent, { type: 'subscribe', id: `s${random.below(5)}${left}`, payload: asked(requests, random) });
      else disturb(socket, sent, random);
    }
    say(socket, sent, { type: 'subscribe', id: CONTROL, payload: { query: '{ __typename }' } });
    const found = (await heard.broken()) ?? faultOf(takeFaults());
    return found === undefined ? undefined : `${found}\n${sent.join('\n').slice(0, 4_000)}`;
  };
}

function faultOf(faults: readonly string[]): string | undefined {
  return faults[0] === undefined ? undefined : faultText(faults[0]);
}

function asked(requests: GraphqlRequests, random: Random): unknown {
  const request = random.chance(0.3) ? requests.subscription(random) : requests.next(random);
  return random.chance(0.05) ? mutated(request, random) : request;
}

function say(socket: WebSocket, sent: string[], message: unknown): void {
  const text = JSON.stringify(message);
  sent.push(text);
  socket.send(text);
}

/** Sends what the protocol or RFC 6455 does not foresee. */
function disturb(socket: WebSocket, sent: string[], random: Random): void {
  const message = {
    type: random.pick(TYPES),
    id: random.pick(['s1', 's2', CONTROL, edgeText(random)]),
    payload: edgeValue(random),
  };
  const text = jsonText(random.chance(0.5) ? message : mutated(message, random), random);
  const kind = random.below(8);
  sent.push(`(${kind}) ${text}`);
  if (kind === 0) socket.send(Buffer.from(text), { binary: true });
  else if (kind === 1) socket.send(Buffer.from([0x22, 0xc0, 0xaf, 0xed, 0xa0, 0x80]), { binary: false });
  else if (kind === 2) {
    const middle = Math.floor(text.length / 2);
    socket.send(text.slice(0, middle), { fin: false });
    if (random.chance(0.8)) socket.send(text.slice(middle), { fin: true });
  } else if (kind === 3 && random.chance(0.3)) socket.send('x'.repeat(1_100_000));
  else if (kind === 4) socket.ping(Buffer.alloc(random.below(126)));
  else if (kind === 5 && random.chance(0.5))
    rawSocket(socket).write(Buffer.from(random.hex(2 * (2 + random.below(40))), 'hex'));
  else socket.send(spoiledBytes(text, random), { binary: false });
}

/** What carries the frames, for those that no client sends. */
function rawSocket(socket: WebSocket): Socket {
  return (socket as unknown as { readonly _socket: Socket })._socket;
}

/** What came over a socket until it answered the control question or was closed. */
class Heard {
  readonly #texts: string[] = [];
  readonly #over: Promise<string | undefined>;

  constructor(socket: WebSocket) {
    this.#over = new Promise((resolve) => {
      const timer = setTimeout(() => resolve('no answer and no end: hangs'), EXPIRY_MS);
      const done = (found?: string): void => {
        clearTimeout(timer);
        socket.terminate();
        resolve(found);
      };
      socket.on('error', () => undefined);
      socket.on('close', (code) => done(RIGHTFUL.has(code) ? undefined : `closed with ${code}`));
      socket.on('message', (data) => {
        const text = String(data);
        this.#texts.push(text);
        if (
          /"id":"control".*"type":"(?:next|error|complete)"|"type":"(?:next|error|complete)".*"id":"control"/.test(text)
        )
          done();
      });
    });
  }

  /** What is wrong with it. */
  async broken(): Promise<string | undefined> {
    const found = await this.#over;
    if (found !== undefined) return found;
    if (this.#texts.some(showsInternals)) return `internals in a message: ${this.#texts.find(showsInternals)}`;
    return this.#texts.map(brokenJson).find((one) => one !== undefined);
  }
}

import { connect } from 'node:net';
import type { Random } from '../bench/random.js';
import { EXPIRY_MS } from '../support/expiry.js';
import type { Shot } from './campaign.js';
import { faultText } from './over-http.js';
import { showsInternals } from './rules.js';
import type { Target } from './target.js';
import { edgeText } from './values.js';

const PATHS = [
  '/',
  '/graphql',
  '/freshmaker/api/1/events/',
  '/kernelci/job',
  '/rodan/projects/',
  '/devmason/',
  '/buildapi/self-serve',
];
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==';

/** Lines of a head that clients do not send. */
const LINES = [
  'Host: a\r\nHost: b',
  'Host:',
  ' folded: x',
  'No colon',
  ': no name',
  'Na me: x',
  'X: \u0001',
  'Content-Length: 5',
  'Content-Length: -1',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 99999999999999999999',
  'Expect: 100-continue',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked, gzip',
  'Transfer-Encoding: chunked\r\nContent-Length: 3',
  'Connection: close',
  'Connection: keep-alive, Upgrade',
  UPGRADE,
  'Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings',
  `Cookie: ${'x'.repeat(20_000)}`,
  `${'X-Many: y\r\n'.repeat(150)}X-Last: z`,
  'X-Forwarded-For: \u00ff',
  'Content-Type: application/json',
];

const BODIES = [
  '',
  '{"query": "{ __typename }"}',
  '5\r\nhello\r\n0\r\n\r\n',
  'ZZ\r\n',
  'ffffffffffffffff\r\n',
  '0\r\nTrailer: x\r\n\r\n',
  '\u0000'.repeat(50),
];

/** Bytes that are nearly HTTP. The connection is then ended from here, and must end from there. */
export function tcpShot({ server, takeFaults }: Target): Shot {
  return async (random) => {
    const bytes = spoiled(Buffer.from(text(random), 'latin1'), random);
    const answer = await exchange(server.port, bytes);
    const [fault] = takeFaults();
    const found = fault ? faultText(fault) : broken(answer);
    return found === undefined
      ? undefined
      : `${found}\n${JSON.stringify(bytes.toString('latin1').slice(0, 2_000))}\n${answer?.slice(0, 500)}`;
  };
}

function text(random: Random): string {
  const method = random.pick(['GET', 'POST', 'PUT', 'OPTIONS', 'CONNECT', 'get', 'PRI', 'FOO', '', 'SOURCE']);
  const path = random.chance(0.6)
    ? random.pick(PATHS)
    : random.pick([edgeText(random), '*', 'http://[', 'http://a@b/graphql', '//x', '/%', 'a:1']);
  const version = random.pick(['HTTP/1.1', 'HTTP/1.1', 'HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', '', 'http/1.1']);
  const lines = Array.from({ length: random.below(5) }, () => random.pick(LINES));
  const host = random.chance(0.8) ? ['Host: localhost'] : [];
  const request = `${[`${method} ${path} ${version}`, ...host, ...lines].join(random.chance(0.95) ? '\r\n' : '\n')}\r\n\r\n${random.pick(BODIES)}`;
  return random.chance(0.1) ? request + request : request;
}

function spoiled(bytes: Buffer, random: Random): Buffer {
  if (random.chance(0.2)) return Buffer.from(random.hex(2 * random.below(300)), 'hex');
  for (let change = random.chance(0.3) ? random.below(5) : 0; change > 0; change -= 1)
    bytes[random.below(bytes.length)] = random.below(256);
  return random.chance(0.1) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** What the server sends until it ends the connection; undefined when it never does. */
function exchange(port: number, bytes: Buffer): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const timer = setTimeout(() => {
      resolve(undefined);
      socket.destroy();
    }, EXPIRY_MS);
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('latin1'));
    });
    socket.end(bytes);
  });
}

function broken(answer: string | undefined): string | undefined {
  if (answer === undefined) return 'the connection does not end: hangs';
  if (showsInternals(answer)) return 'internals in the answer';
  const statuses = [...answer.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => status!);
  if (answer !== '' && statuses.length === 0) return 'no HTTP';
  return statuses.map((status) => (status >= '500' ? `status ${status}` : undefined)).find(Boolean);
}

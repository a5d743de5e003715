import { pino } from 'pino';
import type { DialectDescription } from '../../src/server/dialect-description.js';
import type { Dialect } from '../../src/server/dialect.js';
import { exampleRecords } from '../support/examples.js';
import { startTestServer, type TestServer } from '../support/server.js';
import type { CallerHeaders } from './http-requests.js';

/** A gateway with the sample records of all systems, and what it says of faults of its own. */
export interface Target {
  readonly server: TestServer;
  /** What was logged at level error, in order, and since when it was asked last. */
  readonly takeFaults: () => string[];
  readonly callersOf: (dialect: Dialect) => CallerHeaders;
  /** Tokens of the gateway: of an administrator, a user and nobody. */
  readonly tokens: readonly (string | undefined)[];
  /** Global ids of the sample records. */
  readonly ids: readonly string[];
}

const LISTED = ['events', 'builds', 'jobs', 'projects'];

export async function startTarget(env: Readonly<Record<string, string>> = {}): Promise<Target> {
  const faults: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line) => void faults.push(line) });
  const server = await startTestServer({
    import: exampleRecords(),
    logger,
    // Little is kept, so that what is kept is full soon.
    // Made-up credentials are wrong: after a while nothing else would be looked at.
    env: { BUILDGATE_ANSWER_CACHE_MIB: '1', BUILDGATE_SIGN_IN_FAILURES: '0', ...env },
  });
  const [admin, plain] = [
    await server.token('fuzz-admin', { admin: true }),
    await server.token('fuzz-user', { roles: ['agent', 'operator'] }),
  ];
  return {
    server,
    takeFaults: () => faults.splice(0),
    tokens: [admin, admin, plain, undefined],
    callersOf: ({ description }) => ({
      usual: [authorization(description, admin)],
      others: [...others, `Bearer ${plain}`, plain, basic('fuzz-user', plain)],
    }),
    ids: await globalIds(server, admin),
  };
}

/** A token in the words of a dialect. */
function authorization({ credentials }: DialectDescription, token: string): string {
  const kinds = Object.values(credentials);
  if (kinds.some(({ kind }) => kind === 'bearer')) return `Bearer ${token}`;
  const [header] = kinds.flatMap((one) => (one.kind === 'header' ? [one.value] : []));
  return (header ?? 'Bearer $TOKEN').replace('$TOKEN', token);
}

/** Members of the sample records, and nobody. */
const others = [
  'Bearer wrong',
  basic('mia', 'lamp'),
  basic('mia', 'wrong'),
  basic('genie', 'lamp'),
  basic('nobody', 'x'),
  'a0000000-aaaa-4aaa-8aaa-0000000000a1',
  'b0000000-bbbb-4bbb-8bbb-0000000000b1',
];

function basic(name: string, password: string): string {
  return `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
}

async function globalIds(server: TestServer, token: string): Promise<string[]> {
  const { data } = await server.graphql(`{ ${LISTED.map((list) => `${list} { nodes { id } }`).join(' ')} }`, {}, token);
  return LISTED.flatMap((list) => (data[list].nodes as { id: string }[]).map(({ id }) => id));
}

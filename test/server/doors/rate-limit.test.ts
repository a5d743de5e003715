import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { sql } from '../../../src/core/store/sql.js';
import { HttpClient, type Reply, type RequestOptions } from '../../support/http.js';
import { startTestServer, type TestServer } from '../../support/server.js';
import { ProtocolSocket } from '../protocol-socket.js';

const LIMIT = 5;
const ANONYMOUS = 3;
const TYPENAME = JSON.stringify({ query: '{ __typename }' });
const JSON_TYPE = { 'Content-Type': 'application/json' };

let server: TestServer;
let client: HttpClient;

beforeAll(async () => {
  server = await startTestServer({
    env: {
      BUILDGATE_RATE_LIMIT: String(LIMIT),
      BUILDGATE_RATE_LIMIT_ANONYMOUS: String(ANONYMOUS),
      BUILDGATE_TRUST_PROXY: 'loopback',
    },
  });
  client = new HttpClient(server.url);
});
afterAll(() => server.close());

let addresses = 0;

/** An address that nobody has used in this file. */
function freshAddress(): string {
  addresses += 1;
  return `192.0.2.${addresses}`;
}

function from(address: string, options: RequestOptions = {}): RequestOptions {
  return { ...options, headers: { 'X-Forwarded-For': address, ...options.headers } };
}

function ask(options: RequestOptions, to = client): Promise<Reply> {
  return to.post('/graphql', { ...options, headers: { ...JSON_TYPE, ...options.headers }, body: TYPENAME });
}

/** Uses up what an address has. */
async function exhaust(address: string): Promise<void> {
  for (let n = 0; n < ANONYMOUS; n++) await client.get('/healthy', from(address));
}

async function statuses(times: number, send: () => Promise<Reply>): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < times; n++) seen.push((await send()).status);
  return seen;
}

describe('an address', () => {
  it('may ask so many times in a minute, and is told what is left', async () => {
    const address = freshAddress();
    for (let left = ANONYMOUS - 1; left >= 0; left--) {
      const { status, headers } = await ask(from(address));
      expect(status).toBe(200);
      expect(headers['ratelimit']).toMatch(new RegExp(`^"address";r=${left};t=(60|[1-5]?\\d)$`));
      expect(headers['ratelimit-policy']).toBe(`"address";q=${ANONYMOUS};w=60`);
    }
  });

  it('is answered with 429 after that, in the words of GraphQL', async () => {
    const address = freshAddress();
    await exhaust(address);
    const { status, headers, json } = await ask(from(address));
    const seconds = Number(headers['retry-after']);
    expect(status).toBe(429);
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      ratelimit: `"address";r=0;t=${seconds}`,
      'ratelimit-policy': `"address";q=${ANONYMOUS};w=60`,
    });
    expect(json).toEqual({
      errors: [
        {
          message: `More than ${ANONYMOUS} requests in a minute; try again in ${seconds} s.`,
          extensions: { code: 'RATE_LIMITED', retryAfter: seconds },
        },
      ],
    });
  });

  it('takes nothing from another one', async () => {
    await exhaust(freshAddress());
    expect(await ask(from(freshAddress()))).toMatchObject({ status: 200 });
  });

  it('of IPv6 is a whole /64', async () => {
    const hosts = ['2001:db8:0:7::1', '2001:db8:0:7:1:2:3:4', '2001:DB8:0000:7::'];
    for (const host of hosts) expect(await ask(from(host))).toMatchObject({ status: 200 });
    expect(await ask(from('2001:db8::7:0:0:0:9'))).toMatchObject({ status: 429 });
    expect(await ask(from('2001:db8:0:8::1'))).toMatchObject({ status: 200 });
  });

  it('pays for answers that are kept and for what is not there, but not for health and metrics', async () => {
    const address = freshAddress();
    const uris = ['/freshmaker/api/2/events/', '/freshmaker/api/2/events/', '/freshmaker/api/2/events/'];
    for (const uri of uris) expect(await client.get(uri, from(address))).toMatchObject({ status: 200 });
    expect(await client.get(uris[0]!, from(address))).toMatchObject({ status: 429 });
    for (const path of ['/healthz', '/readyz', '/metrics'])
      expect(await client.get(path, from(address))).toMatchObject({ status: 200 });
    expect((await client.get('/metrics')).text).toMatch(/^buildgate_requests_refused_total\{reason="rate"\} \d+$/m);
  });
});

describe('each dialect says 429 in its own form', () => {
  let address: string;

  beforeAll(async () => {
    address = freshAddress();
    await exhaust(address);
  });

  it.each([
    [
      'freshmaker',
      '/freshmaker/api/2/events/',
      /^\{\s*"error": ?"Too Many Requests",\s*"message": ?"More than 3 .*",\s*"status": ?429\s*\}\n$/,
    ],
    ['buildapi', '/buildapi/self-serve/jobs?format=json', /^\{"status":"FAILED","msg":"More than 3 .*"\}$/],
    ['devmason', '/devmason/', /^Too Many Requests$/],
    [
      'rodan',
      '/rodan/projects/?format=json',
      /^\{"detail":"Request was throttled\. Expected available in \d+ seconds\."\}$/,
    ],
    ['kernelci', '/kernelci/job', /^\{"code":429,"reason":"More than 3 .*"\}$/],
    ['no dialect', '/about/rodan', /^More than 3 requests in a minute; try again in \d+ s\.\n$/],
  ])('%s', async (_system, path, body) => {
    const reply = await client.get(path, from(address, { headers: { Accept: 'application/json' } }));
    expect(reply.status).toBe(429);
    expect(reply.text).toMatch(body);
    expect(Number(reply.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(reply.headers['ratelimit-policy']).toBe('"address";q=3;w=60');
  });

  it('lets pages of other origins read it where they may read', async () => {
    const reply = await client.get('/kernelci/job', from(address, { headers: { Origin: 'https://a.example' } }));
    expect(reply).toMatchObject({ status: 429, headers: { 'access-control-allow-origin': 'https://a.example' } });
  });

  it('is no answer that is given again, and takes no answer away', async () => {
    const uri = '/freshmaker/api/2/events/?per_page=7';
    expect(await client.get(uri, from(address))).toMatchObject({ status: 429 });
    expect(await client.get(uri, from(freshAddress()))).toMatchObject({ status: 200 });
  });

  it('reads and forgets a body that it does not take', async () => {
    const small = await ask(from(address, { body: 'x' }));
    expect(small.status).toBe(429);
    const large = await client.post('/kernelci/job', from(address, { body: Buffer.alloc(200_000) }));
    expect(large).toMatchObject({ status: 429, headers: { connection: 'close' } });
  });
});

describe('a caller with credentials', () => {
  it('has a limit of its own, from wherever it asks and with whichever of its tokens', async () => {
    const [one, other] = [await server.token('ann'), await server.token('ann')];
    // The first request of each token counts for the address: nobody knows yet whose it is.
    expect(await ask(from(freshAddress(), { token: one }))).toMatchObject({ status: 200 });
    expect(await ask(from(freshAddress(), { token: other }))).toMatchObject({ status: 200 });
    const policies: unknown[] = [];
    for (let n = 0; n < LIMIT; n++) {
      const reply = await ask(from(freshAddress(), { token: n % 2 === 0 ? one : other }));
      policies.push([reply.status, reply.headers['ratelimit-policy']]);
    }
    expect(policies).toEqual(Array(LIMIT).fill([200, `"caller";q=${LIMIT};w=60`]));
    expect(await ask(from(freshAddress(), { token: one }))).toMatchObject({ status: 429 });
    expect(await ask(from(freshAddress(), { token: other }))).toMatchObject({ status: 429 });
  });

  it('is not held up by others at its address', async () => {
    const address = freshAddress();
    const token = await server.token('ben');
    await ask(from(address, { token }));
    await exhaust(address);
    expect(await ask(from(address))).toMatchObject({ status: 429 });
    expect(await ask(from(address, { token }))).toMatchObject({ status: 200 });
  });

  it('is the address when the credentials are wrong, whatever they are', async () => {
    const address = freshAddress();
    let guess = 0;
    const seen = await statuses(5, () => ask(from(address, { token: `bg_guess${(guess += 1)}` })));
    expect(seen).toEqual([401, 401, 401, 429, 429]);
  });

  it('is the address again once the credentials are refused', async () => {
    const address = freshAddress();
    const token = await server.token('cleo');
    await ask(from(address, { token }));
    await server.app.store.transact(UNRESTRICTED, (transaction) =>
      transaction.all(
        sql`UPDATE api_token SET revoked_at = 1 WHERE user_id = (SELECT id FROM user_account WHERE name = ${'cleo'})`,
      ),
    );
    const policies: unknown[] = [];
    for (let n = 0; n < 2; n++) policies.push((await ask(from(address, { token }))).headers['ratelimit-policy']);
    expect(policies).toEqual([`"caller";q=${LIMIT};w=60`, `"address";q=${ANONYMOUS};w=60`]);
  });

  it('is the address for a name that Devmason has never heard of: anybody can make one up', async () => {
    const address = freshAddress();
    let name = 0;
    const seen = await statuses(4, () => {
      const authorization = `Basic ${Buffer.from(`new${(name += 1)}:secret`).toString('base64')}`;
      return client.get('/devmason/', from(address, { headers: { authorization } }));
    });
    expect(seen.at(-1)).toBe(429);
  });
});

describe('an operation of GraphQL', () => {
  const LARGE = '{ events(first: 100) { nodes { builds(first: 50) { nodes { id } } } } }';

  it('costs a point more for each thousand rows that it asks for, and is refused before it is executed', async () => {
    const address = freshAddress();
    const body = JSON.stringify({ query: LARGE });
    const reply = await client.post('/graphql', from(address, { headers: JSON_TYPE, body }));
    expect(reply.status).toBe(429);
    expect(reply.headers['retry-after']).toBeDefined();
    expect(reply.headers['ratelimit']).toMatch(/^"address";r=0;t=\d+$/);
    expect(reply.json.errors[0].extensions.code).toBe('RATE_LIMITED');
    expect(reply.json.data).toBeUndefined();
  });

  it('is refused over a WebSocket with an error of that operation; the socket goes on', async () => {
    const token = await server.token('dora');
    const socket = await ProtocolSocket.ready(server.url, { Authorization: `Bearer ${token}` });
    for (let n = 0; n < LIMIT; n++) {
      socket.subscribe(`q${n}`, '{ __typename }');
      await socket.next('next');
      await socket.next('complete');
    }
    for (const [id, query] of [
      ['q', '{ __typename }'],
      ['s', 'subscription { stateChanged { cursor } }'],
    ] as const) {
      socket.subscribe(id, query);
      expect(await socket.next('error')).toMatchObject({
        id,
        payload: [{ message: expect.stringMatching(/^More than 5 requests/), extensions: { code: 'RATE_LIMITED' } }],
      });
    }
    socket.send({ type: 'ping' });
    await socket.next('pong');
    socket.terminate();
  });
});

describe('without a setting', () => {
  it('old clients are told nothing of limits, which a server of the tests has not', async () => {
    const free = await startTestServer();
    try {
      const reply = await ask({}, new HttpClient(free.url));
      expect(reply.status).toBe(200);
      expect(reply.headers).not.toHaveProperty('ratelimit');
    } finally {
      await free.close();
    }
  });
});

/** SQLite has no gateways beside this one. */
const STORES = process.env.BUILDGATE_TEST_DATABASE === 'postgresql' ? ['database'] : [];

describe.each(STORES)('gateways that count in the %s', (store) => {
  it('refuse together what is too much for one', async () => {
    let database = '';
    const env = { BUILDGATE_RATE_LIMIT_STORE: store, BUILDGATE_RATE_LIMIT_ANONYMOUS: '20' };
    const one = await startTestServer({ env, reach: async (url) => (database = url) });
    const other = await startTestServer({ env, reach: async () => database });
    try {
      const clients = [new HttpClient(one.url), new HttpClient(other.url)];
      let sent = 0;
      // Each tells the other in the background.
      await expect
        .poll(async () => {
          sent += 1;
          return (await ask({}, clients[sent % 2]!)).status;
        })
        .toBe(429);
      // Neither has had twenty of its own, which would be forty.
      expect(sent).toBeLessThan(39);
      await expect.poll(async () => (await ask({}, clients[(sent += 1) % 2]!)).status).toBe(429);
    } finally {
      await other.close();
      await one.close();
    }
  });

  it('go on alone when the database does not tell', async () => {
    const env = { BUILDGATE_RATE_LIMIT_STORE: store, BUILDGATE_RATE_LIMIT_ANONYMOUS: '2' };
    const alone = await startTestServer({ env });
    try {
      await alone.app.store.transact(UNRESTRICTED, (transaction) => transaction.all(sql`DROP TABLE rate_limit`));
      expect(await statuses(3, () => ask({}, new HttpClient(alone.url)))).toEqual([200, 200, 429]);
    } finally {
      await alone.close();
    }
  });
});

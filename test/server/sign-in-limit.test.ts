import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HttpClient, type Reply } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { ProtocolSocket } from './protocol-socket.js';

/** Two wrong passwords for a name, ten wrong credentials in all. */
const FAILURES = 2;
const HERE = '192.0.2.1';
const ELSEWHERE = '192.0.2.2';

let server: TestServer;
let http: HttpClient;

beforeEach(async () => {
  const env = { BUILDGATE_SIGN_IN_FAILURES: String(FAILURES), BUILDGATE_TRUST_PROXY: 'loopback' };
  server = await startTestServer({ env });
  http = new HttpClient(server.url);
});
afterEach(() => server.close());

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;

function ask(path: string, authorization: string, address = HERE): Promise<Reply> {
  const headers = { Authorization: authorization, 'X-Forwarded-For': address, 'Content-Type': 'application/json' };
  return http.send('PUT', path, { headers, body: '{}' });
}

/** What Devmason says to a user of it. */
const asMember = (name: string, password: string, address?: string): Promise<Reply> =>
  ask(`/devmason/users/${name}`, basic(name, password), address);

function expectRefused({ status, headers }: Reply): void {
  expect(status).toBe(429);
  expect(Number(headers['retry-after'])).toBeGreaterThanOrEqual(1);
  expect(Number(headers['retry-after'])).toBeLessThanOrEqual(900);
}

describe('a user with a password', () => {
  beforeEach(async () => {
    await asMember('ada', 'right', ELSEWHERE);
  });

  it('is not signed in from where too many wrong passwords came, in the words of the old API', async () => {
    expect((await asMember('ada', 'wrong 1')).status).toBe(403);
    expect((await asMember('ada', 'wrong 2')).status).toBe(403);
    for (const password of ['wrong 3', 'right']) {
      const reply = await asMember('ada', password);
      expectRefused(reply);
      expect(reply.text).toBe('Too Many Requests');
    }
  });

  it('is signed in from everywhere else, and from there others are', async () => {
    for (const password of ['wrong 1', 'wrong 2', 'wrong 3']) await asMember('ada', password);
    expect((await asMember('ada', 'right', ELSEWHERE)).status).toBe(200);
    expect((await asMember('ada', 'right', '2001:db8::1')).status).toBe(200);
    expect((await asMember('bob', 'new')).status).toBe(201);
  });

  it('is signed in with what was right from there before', async () => {
    expect((await asMember('ada', 'right')).status).toBe(200);
    for (const password of ['wrong 1', 'wrong 2', 'wrong 3']) await asMember('ada', password);
    expect((await asMember('ada', 'right')).status).toBe(200);
  });

  it('may show the same wrong password as often as they like: nothing is guessed by that', async () => {
    for (let time = 0; time < 5; time += 1) expect((await asMember('ada', 'old')).status).toBe(403);
    expect((await asMember('ada', 'right')).status).toBe(200);
  });

  it('counts for all addresses of a network of IPv6', async () => {
    for (const last of ['1', '2', '3']) await asMember('ada', `wrong ${last}`, `2001:db8:1:2::${last}`);
    expectRefused(await asMember('ada', 'right', '2001:db8:1:2:ffff::9'));
    expect((await asMember('ada', 'right', '2001:db8:1:3::9')).status).toBe(200);
  });
});

describe('tokens', () => {
  async function guess(): Promise<void> {
    for (let time = 0; time < FAILURES * 5; time += 1) {
      expect((await ask('/devmason/users/ada', `Bearer bg_guess${time}`)).status).toBe(401);
    }
  }

  it('are not looked at from where too many wrong ones came, on any transport', async () => {
    const token = await server.token('ada');
    await guess();
    expectRefused(await ask('/devmason/users/ada', `Bearer ${token}`));
    const headers = { Authorization: `Bearer ${token}`, 'X-Forwarded-For': HERE, 'Content-Type': 'application/json' };
    const reply = await http.post('/graphql', { headers, body: { query: '{ viewer { name } }' } });
    expectRefused(reply);
    expect(reply.json.errors).toEqual([
      {
        message: 'Too many wrong credentials came from here. Try again later.',
        extensions: { code: 'RATE_LIMITED' },
      },
    ]);
    const socket = await ProtocolSocket.open(server.url, { headers });
    socket.send({ type: 'connection_init' });
    expect((await socket.closed()).code).toBe(1013);
  });

  it('of those who show none, or come from elsewhere, nothing is held back', async () => {
    await guess();
    expect((await http.get('/devmason/', { headers: { 'X-Forwarded-For': HERE } })).status).toBe(200);
    const token = await server.token('ada');
    expect((await ask('/devmason/users/ada', `Bearer ${token}`, ELSEWHERE)).status).toBe(201);
  });
});

describe('logging in to Rodan', () => {
  it('is refused after too many wrong passwords, by REST and by GraphQL', async () => {
    const register = 'mutation { rodanRegister(input: { username: "ada", password: "right one" }) { number } }';
    expect((await server.graphql(register)).errors).toBeUndefined();
    const headers = { 'Content-Type': 'application/json' };
    const logIn = (password: string): Promise<Reply> =>
      http.post('/rodan/auth/token/', { headers, body: { username: 'ada', password } });
    expect((await logIn('wrong 1')).status).toBe(401);
    expect((await logIn('wrong 2')).status).toBe(401);
    const reply = await logIn('right one');
    expectRefused(reply);
    expect(reply.json.detail).toMatch(/^Request was throttled\. Expected available in \d+ seconds\.$/);
    const { errors } = await server.graphql(
      'mutation { rodanLogIn(username: "ada", password: "right one") { token } }',
    );
    expect(errors![0]!.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: expect.any(Number) });
  });
});

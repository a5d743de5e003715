import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { importData, startTestServer, type TestServer } from '../../support/server.js';

const rodan = JSON.parse(readFileSync(new URL('../../../examples/rodan.json', import.meta.url), 'utf8')) as Record<
  string,
  Record<string, unknown>[]
>;
const TOKEN = { authorization: 'Token 9f3b2c1d0e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b' };
/** A superuser of the gateway sees every project. */
const PAGE = 'page_size=100';

let server: TestServer;
let admin: string;
beforeAll(async () => {
  server = await startTestServer({ import: { rodan } });
  admin = await server.token('admin', { admin: true });
});
afterAll(() => server?.close());

const get = (path: string, headers: Record<string, string>): Promise<Response> =>
  fetch(`${server.url}/rodan${path}`, { headers });

/** What the old server showed, as it is shown here: links and addresses of files lead to the gateway. */
function rebased(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll('https://rodan.example', `${server.url}/rodan`));
}

describe('the example', () => {
  it.each(Object.keys(rodan).filter((name) => name !== 'users'))(
    'is shown as the old server showed it: %s',
    async (name) => {
      const answer = await get(`/${name}/?${PAGE}`, { authorization: `Bearer ${admin}` });
      expect(answer.status).toBe(200);
      const { results } = (await answer.json()) as { results: Record<string, unknown>[] };
      const shown = new Map(results.map((row) => [row['uuid'], row]));
      expect(shown.size).toBe(rodan[name]?.length);
      for (const row of rodan[name] ?? []) {
        // Not in the REST form.
        const { input_port: _input, output_port: _output, ...rest } = row;
        const expected = name === 'connections' ? row : rest;
        expect(shown.get(row['uuid'])).toMatchObject(rebased(expected) as object);
      }
    },
  );

  it('lets the users of the old server in, with their keys and passwords', async () => {
    const me = await get('/auth/me/', TOKEN);
    expect(await me.json()).toMatchObject({ url: `${server.url}/rodan/user/7/`, username: 'mia', first_name: 'Mia' });
    const login = await fetch(`${server.url}/rodan/auth/token/`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'mia', password: 'lamp' }),
    });
    expect(login.status).toBe(200);
    expect(await login.json()).toMatchObject({ token: TOKEN.authorization.slice('Token '.length) });
    const basic = { authorization: `Basic ${Buffer.from('mia:lamp').toString('base64')}` };
    expect((await get('/auth/me/', basic)).status).toBe(200);
  });

  it('may come after users have signed up here: they get their old ids and keys, and keep the keys they have', async () => {
    const own = await startTestServer();
    try {
      const post = (path: string, body: object) =>
        fetch(`${own.url}/rodan${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      expect((await post('/auth/register/', { username: 'mia', password: 'a lantern' })).status).toBe(201);
      const login = (await (await post('/auth/token/', { username: 'mia', password: 'a lantern' })).json()) as Record<
        string,
        string
      >;
      await importData(own.config, 'rodan', rodan);
      for (const authorization of [`Token ${login['token']}`, TOKEN.authorization]) {
        const me = await fetch(`${own.url}/rodan/auth/me/`, { headers: { authorization } });
        expect(await me.json()).toMatchObject({ url: `${own.url}/rodan/user/7/`, email: 'mia@example.org' });
      }
      expect((await post('/auth/token/', { username: 'mia', password: 'lamp' })).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});

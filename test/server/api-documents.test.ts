import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../src/systems/index.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';

const NAMES = SYSTEMS.map(({ name }) => name);

let server: TestServer;
let http: HttpClient;
beforeAll(async () => {
  server = await startTestServer({
    env: { BUILDGATE_HOSTS: 'kernelci=api.kernelci.example', BUILDGATE_TRUST_PROXY: '127.0.0.1' },
  });
  http = new HttpClient(server.url);
});
afterAll(() => server.close());

const serversOf = async (path: string, host?: string, headers = {}): Promise<unknown> =>
  (await http.get(path, { ...(host !== undefined && { host }), headers })).json.servers;

describe('OpenAPI documents', () => {
  it.each(NAMES)('of %s is on the main host, for readers of all origins', async (name) => {
    const { status, headers, json } = await http.get(`/openapi/${name}.json`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
      'cache-control': 'no-cache',
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
      etag: expect.stringMatching(/^"[\w-]{43}"$/),
    });
    expect(json).toMatchObject({ openapi: '3.1.0', servers: [{ url: `${server.url}/${name}` }] });
  });

  it.each(NAMES)('of %s is below its mount and at its host', async (name) => {
    expect(await serversOf(`/${name}/openapi.json`)).toEqual([{ url: `${server.url}/${name}` }]);
    const host = `${name}.localhost:${server.port}`;
    expect(await serversOf('/openapi.json', host)).toEqual([{ url: `http://${host}` }]);
  });

  it('leads to where the client reached the gateway', async () => {
    const proxy = {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'ci.example.org',
      'X-Forwarded-Prefix': '/tools',
    };
    expect(await serversOf('/openapi/rodan.json', undefined, proxy)).toEqual([
      { url: 'https://ci.example.org/tools/rodan' },
    ]);
    expect(await serversOf('/rodan/api/openapi.json')).toEqual([{ url: `${server.url}/rodan/api` }]);
    expect(await serversOf('/openapi.json', 'api.kernelci.example')).toEqual([{ url: 'http://api.kernelci.example' }]);
  });

  it('is not sent to who has it, and is compressed for who can read that', async () => {
    const path = '/freshmaker/openapi.json';
    const { headers, text } = await http.get(path);
    const known = await http.get(path, { headers: { 'If-None-Match': headers.etag! } });
    expect([known.status, known.text, known.headers.etag]).toEqual([304, '', headers.etag]);
    const coded = await http.get(path, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(coded.headers['content-encoding']).toBe('gzip');
    expect(gunzipSync(coded.bytes).toString()).toBe(text);
    const head = await http.head(path);
    expect([head.status, head.text, head.headers.etag]).toEqual([200, '', headers.etag]);
  });

  it('is there to be read alone; everything else is the dialect’s to answer', async () => {
    const { status, json } = await http.post('/freshmaker/openapi.json');
    expect([status, json.error]).toEqual([404, 'Not Found']);
    expect((await http.get('/freshmaker/openapi.json/')).status).toBe(404);
    expect((await http.get('/freshmaker/api/openapi.json')).status).toBe(404);
    expect((await http.get('/freshmaker/openapi.json', { host: 'not a host' })).status).toBe(400);
  });

  it('is of systems that there are', async () => {
    for (const path of ['/openapi/jenkins.json', '/openapi/freshmaker', '/reference/jenkins', '/reference/freshmaker/'])
      expect([path, (await http.get(path)).status]).toEqual([path, 404]);
  });

  it('has the public address where there is one', async () => {
    const behind = await startTestServer({ env: { PUBLIC_URL: 'https://ci.example.org/tools/' } });
    try {
      const { json } = await new HttpClient(behind.url).get('/openapi/buildapi.json');
      expect(json.servers).toEqual([{ url: 'https://ci.example.org/tools/buildapi' }]);
    } finally {
      await behind.close();
    }
  });
});

describe('Reference pages', () => {
  it.each(SYSTEMS)('of $name has every operation, its stored operations and examples', async ({ name, dialect }) => {
    const { status, headers, text } = await http.get(`/reference/${name}`);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; style-src 'unsafe-inline';/),
      'referrer-policy': 'no-referrer',
    });
    const { json } = await http.get(`/openapi/${name}.json`);
    const operations = Object.values(json.paths).flatMap((methods) => Object.values(methods as object));
    for (const { operationId, 'x-graphql-operations': names } of operations) {
      const [, article] = text.split(`<article id="${operationId}"`);
      expect([operationId, article === undefined]).toEqual([operationId, false]);
      for (const stored of names)
        expect(article).toContain(`<a href="/about/${name}#${stored}"><code>${stored}</code></a>`);
    }
    expect(text.split('<article ')).toHaveLength(dialect().routes.length + 1);
    expect(text).toContain(`curl &#39;${server.url}/${name}/`);
    expect(text).not.toContain('`');
  });

  it('shows requests as commands, with a token where one is needed, and answers as they come', async () => {
    const { text } = await http.get('/reference/freshmaker');
    const shown = text.replaceAll('&#39;', "'").replaceAll('&quot;', '"');
    expect(shown).toContain(`curl -X PATCH \\
  '${server.url}/freshmaker/api/1/events/214' \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  --data '{"action":"cancel"}'`);
    expect(shown).toContain('HTTP 403\ncontent-type: application/json\n\n{\n  "error": "Forbidden",');
    expect((await http.get('/reference/rodan')).text).toContain('Authorization: Token $TOKEN&quot;');
    expect((await http.get('/reference/kernelci')).text).toContain('Authorization: $TOKEN&quot;');
  });

  it('is linked from where everything is', async () => {
    const { text } = await http.get('/about');
    for (const name of NAMES) expect(text).toContain(`href="/reference/${name}"`);
  });
});

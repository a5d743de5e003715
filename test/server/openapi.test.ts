import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { curlCommand } from '../../src/server/curl-command.js';
import type { DocumentedExchange } from '../../src/server/documented-exchange.js';
import { openApi } from '../../src/server/openapi.js';
import { referencePage } from '../../src/server/reference-page.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

const folder = mkdtempSync(join(tmpdir(), 'exchanges-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A dialect with one route and these exchanges. */
function dialectWith(...exchanges: DocumentedExchange[]) {
  const file = join(folder, `${exchanges[0]!.name}.json`);
  writeFileSync(file, JSON.stringify(exchanges));
  const routes = [route('POST', '/toys/{id}', { parameters: { id: 'segment' }, handle: () => text('') })];
  return { ...toyDialect, routes, description: { ...toyDialect.description, exchanges: pathToFileURL(file) } };
}

const PLACE = { origin: 'http://gate.example', mount: '/toy' };
const exchange: DocumentedExchange = {
  name: 'one',
  summary: 'A toy',
  route: 'POST /toys/{id}',
  path: { id: "Kim's <b>" },
  answer: { status: 201, headers: { location: '{{origin}}{{mount}}/toys/1' } },
};

it('An exchange of no route is a fault of the dialect, which is named', () => {
  const stray = { ...exchange, name: 'stray', route: 'GET /toys/{id}' };
  expect(() => openApi(dialectWith(stray))).toThrow(
    'Toy: an exchange is documented for GET /toys/{id}, which is no route',
  );
});

it('All that is known of an exchange stands under one name', () => {
  const { post } = openApi(dialectWith(exchange), PLACE).paths['/toys/{id}']!;
  expect(post!.parameters![0]!.examples).toEqual({ one: { value: "Kim's <b>" } });
  expect(post!.responses).toEqual({
    200: { description: 'done', content: { 'text/plain': {} } },
    201: {
      description: 'As in the example',
      headers: {
        location: { schema: { type: 'string' }, examples: { one: { value: 'http://gate.example/toy/toys/1' } } },
      },
      content: { 'text/plain': {} },
      'x-examples': { one: { summary: 'A toy' } },
    },
  });
});

it('A command has nothing in it that a shell would take for more than text', () => {
  const body = { mediaType: 'application/json', value: { text: "it's $HOME" } };
  expect(curlCommand({ ...exchange, body }, PLACE, [])).toBe(`curl -X POST \\
  'http://gate.example/toy/toys/Kim'\\''s%20%3Cb%3E' \\
  -H 'Content-Type: application/json' \\
  --data '{"text":"it'\\''s $HOME"}'`);
  const form = { mediaType: 'application/x-www-form-urlencoded', value: { a: '1 & 2' } };
  expect(curlCommand({ ...exchange, body: form }, PLACE, [])).toContain("--data 'a=1+%26+2'");
});

it('The reference escapes what examples hold', () => {
  const hostile = '<script>alert(1)</script>';
  const answer = { status: 200, headers: { 'x-a': hostile }, body: { mediaType: 'text/plain', value: hostile } };
  const shown = { ...exchange, name: 'hostile', summary: hostile, path: { id: hostile }, answer };
  const page = referencePage(dialectWith(shown), PLACE);
  expect(page).not.toContain('<script');
  expect(page.split('&lt;script&gt;alert(1)')).toHaveLength(1 + 3);
});

it('Below a mount the document gives way to a URI that could be meant', async () => {
  const ofName = route('GET', '/{name}', { parameters: { name: 'segment' }, handle: () => text('mine') });
  const server = await startToyServer({
    dialects: [
      { ...toyDialect, routes: [ofName] },
      {
        ...toyDialect,
        system: 'other',
        prefix: '/other',
        routes: [route('GET', '/toys', { handle: () => text('toys') })],
      },
    ],
    describe: async ({ system }, { mount }, _request, response) => void response.send(`${system} at ${mount}`),
  });
  try {
    expect((await server.http.get('/toy/openapi.json')).text).toBe('mine');
    expect((await server.http.get('/other/openapi.json')).text).toBe('other at /other');
    expect((await server.http.post('/other/openapi.json')).status).toBe(404);
  } finally {
    await server.close();
  }
});

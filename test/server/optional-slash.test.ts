import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Dialect } from '../../src/server/dialect.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

const lenientDialect: Dialect = {
  ...toyDialect,
  system: 'lenient',
  prefix: '/lenient',
  optionalSlash: true,
  routes: [
    route('GET', '/thing', { handle: () => text('thing') }),
    route('GET', '/{name}/', { parameters: { name: ['other'] }, handle: () => text('with slash') }),
  ],
};

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer({ dialects: [lenientDialect, toyDialect] });
});

afterAll(() => server.close());

it.each([
  ['/lenient/thing', 200],
  ['/lenient/thing/', 200],
  ['/lenient/other/', 200],
  ['/lenient/other', 404],
  ['/lenient/thing//', 404],
  ['/lenient/thing%2F', 404],
  ['/lenient/', 404],
  ['/lenient', 404],
])('a dialect may let every URI end with one slash more: %s is %d', async (path, status) => {
  expect((await server.http.get(path)).status).toBe(status);
});

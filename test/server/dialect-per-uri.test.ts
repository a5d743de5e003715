import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/server/dialect.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

/** A dialect that tells who may not use an address nothing of it, and that pages of all origins may use. */
const closedDialect: Dialect = {
  ...toyDialect,
  system: 'closed',
  prefix: '/closed',
  alias: '/again',
  options: undefined,
  authentication: 'perUri',
  headers: ({ path }, methods) => ({ 'X-Seen': `${path} ${methods?.join('+') ?? 'nothing'}` }),
  gzip: { over: 200 },
  crossOrigin: {
    allowed: 'any',
    exposed: 'Date',
    preflightStatus: 200,
    preflight: { methods: 'GET, PATCH', headers: 'x-own', maxAge: 86_400 },
  },
  negotiate: ({ query }) => (query.last('want') === undefined ? undefined : { status: 406 }),
  routes: [
    route('GET', '/open', { handle: ({ principal }) => text(principal.userName ?? 'nobody') }),
    route('GET', '/shut', { access: 'user', handle: ({ principal }) => text(principal.userName ?? 'nobody') }),
    route('POST', '/shut', { access: ['toy/writer'], handle: () => text('written') }),
    route('GET', '/bytes/{n}', {
      parameters: { n: 'digits' },
      handle: ({ parameters }) => text('x'.repeat(Number(parameters['n']))),
    }),
    route('GET', '/where', { handle: ({ origin, prefix }) => text(`${origin}${prefix}/where`) }),
  ],
};

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer({ dialects: [closedDialect, toyDialect] });
});

afterAll(() => server.close());

describe('credentials that are looked at per address', () => {
  it('come before the method, also where no credentials are needed', async () => {
    expect(await server.http.delete('/closed/shut')).toMatchObject({ status: 401 });
    expect(await server.http.delete('/closed/shut', { token: 'reader' })).toMatchObject({ status: 405 });
    expect(await server.http.delete('/closed/open')).toMatchObject({ status: 405 });
    expect((await server.http.delete('/closed/open', { token: 'wrong' })).text).toContain('UNAUTHENTICATED');
  });

  it('come after the address and the representation', async () => {
    expect(await server.http.get('/closed/nowhere', { token: 'wrong' })).toMatchObject({ status: 404 });
    expect(await server.http.get('/closed/shut?want=x')).toMatchObject({ status: 406 });
  });

  it('are those of the method, where the address has it', async () => {
    expect((await server.http.get('/closed/shut', { token: 'reader' })).text).toBe('rita');
    expect(await server.http.post('/closed/shut', { token: 'reader' })).toMatchObject({ status: 403 });
    expect((await server.http.get('/closed/open', { token: 'reader' })).text).toBe('rita');
    expect((await server.http.get('/closed/open')).text).toBe('nobody');
  });
});

describe('headers that are made', () => {
  it.each([
    ['/closed/shut', 401, '/shut GET+HEAD+POST'],
    ['/closed/open', 200, '/open GET+HEAD'],
    ['/closed/nowhere', 404, '/nowhere nothing'],
  ])('know the methods of %s', async (path, status, seen) => {
    expect(await server.http.get(path)).toMatchObject({ status, headers: { 'x-seen': seen } });
  });
});

describe('compression of what is long', () => {
  it.each([
    [200, undefined],
    [201, 'gzip'],
  ])('of %i bytes', async (length, coding) => {
    const { headers } = await server.http.get(`/closed/bytes/${length}`, { headers: { 'Accept-Encoding': 'gzip' } });
    expect(headers['content-encoding']).toBe(coding);
  });
});

describe('an alias of the mount', () => {
  it('serves the same, and its URLs lead back to it', async () => {
    expect((await server.http.get('/closed/again/where')).text).toBe(
      `http://127.0.0.1:${server.port}/closed/again/where`,
    );
    expect((await server.http.get('/again/where', { host: 'closed.localhost' })).text).toBe(
      'http://closed.localhost/again/where',
    );
  });

  it.each(['/closed/again/again/where', '/closed/againwhere', '/toy/again/where'])('is not %s', async (path) => {
    expect((await server.http.get(path)).status).toBe(404);
  });
});

describe('pages of all origins', () => {
  const Origin = 'https://anywhere.example';
  const granted = {
    'access-control-allow-origin': Origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': 'Date',
  };

  it('may write and read what they get, refusals included', async () => {
    const headers = { Origin, 'Sec-Fetch-Site': 'cross-site' };
    expect(await server.http.get('/closed/open', { headers })).toMatchObject({ status: 200, headers: granted });
    expect(await server.http.post('/closed/shut', { headers })).toMatchObject({ status: 401, headers: granted });
  });

  it('ask before without credentials', async () => {
    const headers = { Origin, 'Access-Control-Request-Method': 'PATCH' };
    expect(await server.http.options('/closed/shut', { headers })).toMatchObject({
      status: 200,
      text: '',
      headers: {
        ...granted,
        'access-control-allow-methods': 'GET, PATCH',
        'access-control-allow-headers': 'x-own',
        'access-control-max-age': '86400',
      },
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { System } from '../../src/core/model/states.js';
import type { Dialect, DialectRequest } from '../../src/server/dialect.js';
import { openApi } from '../../src/server/openapi.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

const caller = ({ method, principal, credentialsRefused }: DialectRequest) =>
  text(`${method} ${principal.userName}${credentialsRefused ? ' refused' : ''}`);
const shown = ({ body }: DialectRequest) => text(JSON.stringify(body));

/** A dialect with users of its own, lenient with the credentials of who only reads. */
const memberDialect: Dialect = {
  ...toyDialect,
  system: 'members',
  prefix: '/members',
  options: undefined,
  authentication: 'lenient',
  members: System.DEVMASON,
  routes: [
    route('GET', '/', { handle: () => text('home') }),
    route('GET', '/who', { handle: caller }),
    route('OPTIONS', '/who', { handle: caller }),
    route('PUT', '/who', { handle: caller, body: { kind: 'json', mediaType: 'application/json' } }),
    route('DELETE', '/who', { handle: caller }),
    route('POST', '/hook', { handle: caller, ignoresCredentials: true, body: { kind: 'form' } }),
    route('GET', '/mine', { handle: caller, access: 'user' }),
    route('DELETE', '/mine', { handle: caller, access: ['toy/admin'] }),
    route('POST', '/numbers', { handle: shown, body: { kind: 'json', exactNumbers: true } }),
    route('GET', '/words/{word}', { parameters: { word: /[\p{L}-]+|no\.1/u }, handle: wordOf }),
    route('GET', '/lists/{word}', { parameters: { word: /^a$|b/gm }, handle: wordOf }),
  ],
};

function wordOf({ parameters }: DialectRequest) {
  return text(parameters['word']!);
}

/** The bare mount of this one has a route of its own. */
const bareDialect: Dialect = {
  ...toyDialect,
  system: 'bare',
  prefix: '/bare',
  routes: [route('GET', '/', { handle: () => text('slash') }), route('GET', '', { handle: () => text('bare') })],
};

let server: Awaited<ReturnType<typeof startToyServer>>;

beforeAll(async () => {
  server = await startToyServer({ dialects: [memberDialect, bareDialect, toyDialect] });
});

afterAll(() => server.close());

const send = (method: string, path: string, credentials?: string, body?: string, type?: string) =>
  server.http.send(method, `/members${path}`, {
    body,
    headers: {
      ...(credentials !== undefined && { Authorization: credentials }),
      ...(type !== undefined && { 'Content-Type': type }),
    },
  });

describe('credentials of members', () => {
  it.each(['GET', 'OPTIONS', 'DELETE'])('name the caller of %s', async (method) => {
    expect((await send(method, '/who', 'Basic genie')).text).toBe(`${method} genie of DEVMASON`);
    expect((await send(method, '/who')).text).toBe(`${method} null`);
  });

  it.each(['GET', 'OPTIONS'])(
    'that are refused make the caller of %s anonymous, and the route is told',
    async (method) => {
      for (const credentials of ['Basic wrong', 'Digest x']) {
        expect(await send(method, '/who', credentials)).toMatchObject({ status: 200, text: `${method} null refused` });
      }
    },
  );

  it('that are refused do not fail HEAD', async () => {
    const reply = await send('HEAD', '/who', 'Basic wrong');
    expect(reply).toMatchObject({ status: 200, headers: { 'content-length': String('HEAD null refused'.length) } });
  });

  it('that are refused are the failure of everything else', async () => {
    const refused = (credentials: string) => send('DELETE', '/who', credentials);
    expect(await refused('Basic wrong')).toMatchObject({ status: 409, text: 'FORBIDDEN: wrong password' });
    expect(await refused('Digest x')).toMatchObject({ status: 409, text: 'UNAUTHENTICATED: unreadable' });
  });

  it('are looked at after route, method, content type and body', async () => {
    const json = 'application/json';
    for (const [method, path, body, type, status] of [
      ['DELETE', '/nowhere', undefined, undefined, 404],
      ['POST', '/who', '{}', json, 405],
      ['PUT', '/who', '{}', 'text/plain', 422],
      ['PUT', '/who', '{', json, 422],
      ['PUT', '/who', 'x'.repeat(1024 * 1024 + 1), json, 413],
      ['PUT', '/who', '{}', json, 409],
    ] as const) {
      expect((await send(method, path, 'Basic wrong', body, type)).status).toBe(status);
    }
  });

  it('do not matter to a route that ignores them', async () => {
    for (const credentials of [undefined, 'Basic genie', 'Basic wrong', 'Digest x']) {
      expect(await send('POST', '/hook', credentials, 'a=1')).toMatchObject({ status: 200, text: 'POST null' });
    }
  });

  it('open what a role or a user is needed for', async () => {
    expect((await send('GET', '/mine', 'Basic genie')).text).toBe('GET genie of DEVMASON');
    expect((await send('DELETE', '/mine', 'Basic genie')).text).toBe('roleMissing');
    for (const credentials of [undefined, 'Basic wrong']) {
      expect(await send('GET', '/mine', credentials)).toMatchObject({ status: 401, text: 'credentialsMissing' });
    }
  });
});

describe('a media type that a body must have', () => {
  it.each(['application/json', 'Application/JSON; charset=x', ' application/json ;a'])(
    'may be written %j',
    async (type) => {
      expect((await send('PUT', '/who', undefined, '{}', type)).status).toBe(200);
    },
  );

  it.each([undefined, '', 'text/json', 'application/jsonx', 'application/json+x', 'x; application/json'])(
    'is not %j',
    async (type) => {
      expect(await send('PUT', '/who', undefined, '{}', type)).toMatchObject({ status: 422, text: 'bodyUnreadable' });
    },
  );
});

it('Numbers that a double does not hold survive where a route asks for it', async () => {
  const body = '{"a":[12345678901234567890,1e999],"b":0.5,"__proto__":1}';
  expect((await send('POST', '/numbers', undefined, body)).text).toBe(body);
});

describe('a parameter with a pattern', () => {
  it.each(['/words/Ärger-x', '/words/no.1', '/words/%C3%84', '/lists/a', '/lists/b'])('takes %s', async (path) => {
    for (let times = 0; times < 2; times += 1) {
      const word = decodeURIComponent(path.split('/').at(-1)!);
      expect(await send('GET', encodeURI(decodeURI(path)))).toMatchObject({ status: 200, text: word });
    }
  });

  it.each([
    '/words/',
    '/words/a.b',
    '/words/xno.1',
    '/words/no.1x',
    '/words/a%2Fb',
    '/words/a%0A',
    '/lists/a%0Ab',
    '/lists/ab',
  ])('does not take %s, since it must match the whole segment', async (path) => {
    expect((await send('GET', path)).status).toBe(404);
  });
});

describe('the bare mount', () => {
  it('is the address with a slash', async () => {
    for (const path of ['', '/', '?a']) expect((await send('GET', path)).text).toBe('home');
    expect((await send('POST', '')).status).toBe(405);
  });

  it('is its own address where there is a route for it, and none where there is neither', async () => {
    expect((await server.http.get('/bare')).text).toBe('bare');
    expect((await server.http.get('/bare/')).text).toBe('slash');
    expect((await server.http.get('/toy')).status).toBe(404);
  });
});

describe('OPTIONS of a route', () => {
  it('is no method that other methods are told of', async () => {
    expect((await send('POST', '/who')).headers['allow']).toBe('DELETE, GET, HEAD, PUT');
  });

  it('is a wrong method where there is no such route', async () => {
    expect(await send('OPTIONS', '/hook')).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });
});

it('The OpenAPI document has OPTIONS, patterns, media types and credentials that are optional', () => {
  const { paths, components } = openApi(memberDialect) as { paths: any; components: any };
  expect(Object.keys(paths['/who'])).toEqual(['get', 'options', 'put', 'delete']);
  expect(paths['/words/{word}'].get.parameters[0].schema).toEqual({
    type: 'string',
    pattern: '^(?:[\\p{L}-]+|no\\.1)$',
  });
  expect(paths['/who'].put.requestBody).toEqual({ content: { 'application/json': {} } });
  expect(paths['/who'].get.security).toEqual([{}, { bearer: [] }]);
  expect(paths['/mine'].get.security).toEqual([{ bearer: [] }]);
  expect(paths['/hook'].post).not.toHaveProperty('security');
  expect(components.securitySchemes).toEqual({
    bearer: expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  });
});

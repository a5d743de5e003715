import { gunzipSync } from 'node:zlib';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const NO_ROUTE = { code: 404, message: 'Resource not found' };
const NOT_IMPLEMENTED = { code: 501 };

describe('an address of no route', () => {
  it.each([
    ['GET', '/job/abc'],
    ['GET', '/job/distinct'],
    ['GET', '/JOB'],
    ['GET', '/Job/logs'],
    ['GET', '/job//'],
    ['GET', `/job/${oidOf(30)}0`],
    ['GET', `/job/${oidOf(30)}/compare`],
    ['GET', '/defconfig/distinct/arch'],
    ['GET', '/job/compare'],
    ['GET', '/report'],
    ['GET', '/'],
    ['GET', ''],
    ['POST', '/bisect'],
    ['DELETE', '/trigger/boot'],
    ['PATCH', '/nothing'],
    ['OPTIONS', '/nothing'],
    ['PUT', '/job/abc'],
  ])('%s %s is 404 with a message, whatever the token', async (method, path) => {
    const { status, json, headers } = await server.send(method, path, { as: null });
    expect([status, json]).toEqual([404, NO_ROUTE]);
    expect(headers['access-control-allow-headers']).toBeUndefined();
  });
});

describe('a method that is not served', () => {
  it.each(['PATCH', 'TRACE', 'PROPFIND'])('%s is 405', async (method) => {
    const { status, json } = await server.send(method, '/job', { as: null });
    expect([status, json]).toEqual([405, { code: 405, reason: 'Operation not allowed' }]);
  });

  it('HEAD is 405 without a body', async () => {
    const { status, text } = await server.send('HEAD', '/job');
    expect([status, text]).toEqual([405, '']);
  });

  it.each([
    ['PUT', '/job'],
    ['PUT', `/build/${oidOf(40)}`],
    ['PUT', '/boots'],
    ['PUT', '/version'],
    ['PUT', '/batch'],
    ['PUT', '/count'],
    ['PUT', '/statistics'],
    ['POST', '/statistics'],
    ['POST', '/send'],
  ])('%s %s is 501 after the check of the token', async (method, path) => {
    const refused = await server.send(method, path, { as: TOKENS.reader });
    expect([refused.status, refused.json]).toEqual([403, { code: 403 }]);
    const { status, json } = await server.send(method, path, { as: TOKENS.poster });
    expect([status, json]).toEqual([501, NOT_IMPLEMENTED]);
  });

  it('DELETE /statistics needs a token that deletes', async () => {
    expect((await server.send('DELETE', '/statistics', { as: TOKENS.poster })).json).toEqual({ code: 403 });
    expect((await server.send('DELETE', '/statistics', { as: TOKENS.deleter })).json).toEqual(NOT_IMPLEMENTED);
  });

  it.each([
    ...['POST', 'PUT', 'DELETE'].flatMap((method) => [
      [method, '/job/logs'],
      [method, `/job/${oidOf(30)}/logs`],
      [method, '/build/logs'],
      [method, '/job/distinct/kernel'],
      [method, '/boot/distinct/nothing/'],
      [method, '/test/case'],
      [method, `/test/case/${oidOf(70)}`],
    ]),
    ['PUT', `/test/group/${oidOf(60)}`],
    ['DELETE', `/test/group/${oidOf(60)}`],
    ['GET', '/batch'],
    ['DELETE', '/batch'],
    ['POST', '/version'],
    ['DELETE', '/version'],
  ])('%s %s is 501 without a look at the token', async (method, path) => {
    const { status, json } = await server.send(method, path, { as: null });
    expect([status, json]).toEqual([501, NOT_IMPLEMENTED]);
  });

  it.each([
    ['POST', '/count'],
    ['DELETE', '/count'],
    ['POST', '/count/build'],
    ['DELETE', '/count/foobar/'],
  ])('%s %s says a reason', async (method, path) => {
    const { status, json } = await server.send(method, path, { as: null });
    expect([status, json]).toEqual([501, { code: 501, reason: 'Method not implemented' }]);
  });
});

describe('a token', () => {
  const READS = ['/job', `/job/${oidOf(30)}`, '/build/logs', '/boot/distinct/board', '/count', '/statistics'];

  it.each(READS)('that may GET reads %s, whole and raw', async (path) => {
    expect((await server.get(path)).status).toBe(200);
    expect((await server.get(path, { as: `Bearer ${TOKENS.reader}` })).status).toBe(200);
    expect((await server.get(path, { as: `Token ${TOKENS.reader}` })).status).toBe(200);
  });

  it.each([
    ['missing', null],
    ['blank', ' '],
    ['unknown', 'b0000000-0000-4000-8000-000000000000'],
    ['of other case', TOKENS.reader.toUpperCase()],
    ['expired', TOKENS.expired],
    ['outdated', TOKENS.outdated],
    ['of other addresses', TOKENS.elsewhere],
    ['that may not GET', TOKENS.poster],
    ['of a lab', TOKENS.lab],
    ['in Basic credentials', `Basic ${Buffer.from(`x:${TOKENS.reader}`).toString('base64')}`],
  ])('%s is refused: 403 {"code":403}', async (_what, as) => {
    for (const path of READS) {
      const { status, text, headers } = await server.get(path, { as });
      expect([status, text, headers['www-authenticate']]).toEqual([403, '{"code":403}', undefined]);
    }
  });

  it('with its own address in the list reads', async () => {
    expect((await server.get('/job', { as: TOKENS.here })).status).toBe(200);
  });

  it('in the query or a cookie does not count', async () => {
    const headers = { Cookie: `Authorization=${TOKENS.reader}` };
    const path = `/job?Authorization=${TOKENS.reader}&token=${TOKENS.reader}`;
    expect((await server.get(path, { as: null, headers })).status).toBe(403);
  });

  it.each(['/lab', `/lab/${oidOf(20)}`, '/token', `/token/${TOKENS.reader}`])(
    'of an administrator or superuser reads %s, others do not',
    async (path) => {
      const statuses = [TOKENS.admin, TOKENS.superuser, TOKENS.reader, TOKENS.lab].map(
        async (as) => (await server.get(path, { as })).status,
      );
      expect(await Promise.all(statuses)).toEqual([200, 200, 403, 403]);
    },
  );

  it('is looked at before ids, bodies and numbers', async () => {
    expect((await server.get('/job/zzzzzzzzzzzzzzzzzzzzzzzz?limit=x', { as: null })).json).toEqual({ code: 403 });
    expect((await server.send('POST', '/batch', { body: '{' })).json).toEqual({ code: 403 });
  });

  it('of the gateway reads and posts; that of an administrator does everything', async () => {
    const user = await server.gateway.token('alice');
    const admin = await server.gateway.token('root', { admin: true });
    expect((await server.get('/job', { as: user })).status).toBe(200);
    expect((await server.get('/job', { as: `Bearer ${user}` })).status).toBe(200);
    expect((await server.send('PUT', '/job', { as: user })).status).toBe(501);
    expect((await server.get('/token', { as: user })).status).toBe(403);
    expect((await server.get('/token', { as: admin })).status).toBe(200);
  });
});

/** An answer with its body as it came. */
interface RawReply {
  readonly message: IncomingMessage;
  readonly body: Buffer;
}

function raw(path: string, headers: Record<string, string>, host?: string): Promise<RawReply> {
  return new Promise((resolve, reject) => {
    const url = new URL(path, server.gateway.url);
    const all = { Authorization: TOKENS.reader, ...(host && { Host: host }), ...headers };
    httpRequest(url, { headers: all }, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', reject);
      message.on('end', () => resolve({ message, body: Buffer.concat(chunks) }));
    })
      .on('error', reject)
      .end();
  });
}

describe('headers', () => {
  it.each(['/kernelci/version', '/kernelci/job', '/kernelci/nothing', '/kernelci/lab', '/kernelci/job?limit=x'])(
    '%s is application/json; charset=UTF-8, spelled so',
    async (path) => {
      const { headers } = (await raw(path, {})).message;
      expect([headers['content-type'], headers.vary]).toEqual(['application/json; charset=UTF-8', 'Accept-Encoding']);
    },
  );

  it.each(['gzip', 'br, gzip', 'deflate, gzip;q=0.5, br;q=1'])(
    'with %s every body is gzip, however small',
    async (accepted) => {
      for (const path of ['/kernelci/version', '/kernelci/nothing', '/kernelci/lab', '/kernelci/job']) {
        const { message, body } = await raw(path, { 'Accept-Encoding': accepted });
        expect(message.headers['content-encoding']).toBe('gzip');
        expect(JSON.parse(gunzipSync(body).toString()).code).toBe(message.statusCode);
      }
    },
  );

  it.each(['br', 'identity', 'deflate'])('with %s alone the body is as it is', async (accepted) => {
    const { message, body } = await raw('/kernelci/version', { 'Accept-Encoding': accepted });
    expect(message.headers['content-encoding']).toBeUndefined();
    expect(JSON.parse(body.toString()).code).toBe(200);
  });

  it.each(['application/v1', 'text/html', '*/*;q=0', 'nonsense'])('Accept: %s does not matter', async (accept) => {
    expect((await server.get('/version', { headers: { Accept: accept } })).status).toBe(200);
  });

  it.each(['/job', '/lab', '/job/zzzzzzzzzzzzzzzzzzzzzzzz', '/count/x'])(
    'let pages of any origin read %s',
    async (path) => {
      const { headers } = await server.get(path, { headers: { Origin: 'https://kernelci.example.org' } });
      expect(headers['access-control-allow-origin']).toBe('https://kernelci.example.org');
      expect(headers['access-control-allow-headers']).toBe('authorization');
      expect((await server.get(path)).headers['access-control-allow-origin']).toBeUndefined();
    },
  );

  it.each(['/job', '/count/build', '/token/x', '/send'])('OPTIONS %s is 200 without a token', async (path) => {
    const { status, json, headers } = await server.send('OPTIONS', path, {
      as: null,
      headers: { Origin: 'https://a.example', 'Access-Control-Request-Method': 'GET' },
    });
    expect([status, json]).toEqual([200, { code: 200 }]);
    expect(headers['access-control-allow-origin']).toBe('https://a.example');
  });

  it('have an entity tag, and what has not changed is 304', async () => {
    const { headers } = await server.get('/job');
    const same = await server.get('/job', { headers: { 'If-None-Match': `"other", ${headers.etag}` } });
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', headers.etag]);
    expect((await server.get('/job?limit=1', { headers: { 'If-None-Match': headers.etag! } })).status).toBe(200);
    expect((await server.get('/job?limit=x', { headers: { 'If-None-Match': '*' } })).status).toBe(400);
  });
});

describe('the reason phrase', () => {
  it.each([
    ['/kernelci/job/zzzzzzzzzzzzzzzzzzzzzzzz', 'Wrong ID value provided'],
    ['/kernelci/lab', 'Operation not permitted: provided token is not authorized'],
    ['/kernelci/job?limit=a%0d%0ab%E2%82%AC%C3%BC', "Wrong value provided for 'limit': abü"],
  ])('%s: %s', async (path, phrase) => {
    expect((await raw(path, {})).message.statusMessage).toBe(phrase);
  });
});

describe('the virtual host', () => {
  it.each(['/job', '/job?limit=1&skip=1', `/build/${oidOf(40)}`, '/count', '/nothing', '/job/distinct/job'])(
    'answers %s at its root as the prefix does',
    async (path) => {
      const atHost = await raw(path, {}, 'kernelci.localhost');
      const below = await raw(`/kernelci${path}`, {});
      expect(atHost.message.statusCode).toBe(below.message.statusCode);
      expect(atHost.body.toString()).toBe(below.body.toString());
    },
  );
});

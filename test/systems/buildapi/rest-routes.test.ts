import { describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { BuildgateError } from '../../../src/core/errors.js';
import type { DialectRequest } from '../../../src/server/dialect.js';
import { RawQuery } from '../../../src/server/raw-query.js';
import { buildapiDialect } from '../../../src/systems/buildapi/rest/routes.js';

const dialect = buildapiDialect();

describe('the route table', () => {
  it('serves both generations alike', () => {
    const below = (generation: string) =>
      dialect.routes
        .filter(({ uri }) => uri.startsWith(`/${generation}`))
        .map(({ method, uri }) => `${method} ${uri.slice(generation.length + 1)}`);
    expect(below('builds')).toEqual(below('self-serve'));
    expect(below('builds')).toHaveLength(22);
  });
});

describe('a job that cannot be sent', () => {
  const request = (accept: string): DialectRequest => ({
    method: 'DELETE',
    path: '/builds/try/request/1',
    search: '',
    query: new RawQuery(''),
    headers: { accept },
    parameters: {},
    origin: 'http://h',
    prefix: '',
    requestId: '1',
    address: '127.0.0.1',
    principal: ANONYMOUS,
    credentialsRefused: false,
    body: undefined,
    authenticate: async () => expect.unreachable(),
    annotate: () => expect.unreachable(),
  });
  const msg = "Couldn't send message to broker";
  const failure = { kind: 'refused', error: new BuildgateError('UNAVAILABLE', msg) } as const;

  it('is 503 with the text, in JSON and on a page', () => {
    const { status, body } = dialect.failure(failure, request('application/json'));
    expect([status, body]).toEqual([503, JSON.stringify({ status: 'FAILED', msg })]);
    const page = dialect.failure(failure, request('*/*'));
    expect(page.status).toBe(503);
    expect(page.body).toContain(msg);
  });
});

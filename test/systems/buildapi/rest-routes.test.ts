import { readFileSync } from 'node:fs';
import { Kind, parse, specifiedRules, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../../src/app.js';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { BuildgateError } from '../../../src/core/errors.js';
import type { DialectRequest } from '../../../src/server/dialect.js';
import { openApi } from '../../../src/server/openapi.js';
import { RawQuery } from '../../../src/server/raw-query.js';
import { buildapiDialect } from '../../../src/systems/buildapi/rest/routes.js';

const dialect = buildapiDialect();
const document = parse(readFileSync(dialect.operations, 'utf8'));

describe('the route table', () => {
  it('names exactly the stored operations', () => {
    const stored: string[] = [];
    visit(document, { [Kind.OPERATION_DEFINITION]: ({ name }) => void stored.push(name!.value) });
    const named = new Set(dialect.routes.flatMap(({ operations }) => operations));
    expect([...named].sort()).toEqual(stored.sort());
  });

  it('rests on operations that fit the schema', async () => {
    expect(validate(await gatewaySchema(), document, specifiedRules)).toEqual([]);
  });

  it('is the committed OpenAPI document', () => {
    const committed = readFileSync(new URL('../../../schema/openapi/buildapi.json', import.meta.url), 'utf8');
    expect(committed).toBe(`${JSON.stringify(openApi(dialect), null, 2)}\n`);
  });

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
    principal: ANONYMOUS,
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

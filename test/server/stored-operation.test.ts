import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSchema, getOperationAST, parse, specifiedRules, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../src/app.js';
import { LIMITS, VALIDATION_RULES } from '../../src/server/limits.js';
import { PreparedOperation } from '../../src/server/prepared-operation.js';
import { routeTwins } from '../../src/server/twins/route-twins.js';
import { storedOperations } from '../../src/server/twins/stored-operation.js';
import { Twins } from '../../src/server/twins/twins.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { route, startToyServer, text, toyDialect } from './toy-dialect.js';

const schema = buildSchema(`
  type Query { words(first: Int, text: String): Words! upper(text: String!): String! }
  type Words { lines(last: Int): [Page!]! }
  type Page { number: Int }
  type Mutation { shout(text: String, times: Int): Int }
`);

const SOURCE = `
# What comes in capitals.
fragment Place on Page { number }
query Upper($text: String!, $first: Int, $rows: Int) { words(first: $first, text: $text) { lines(last: $rows) { ...Place } } }
mutation Shout($text: String!, $first: Int) { shout(text: $text, times: $first) }
`;

describe('A stored operation', () => {
  const operations = storedOperations(SOURCE, schema);

  it('is a document of its own: the operation, then the fragments that it uses', () => {
    expect(operations.get('Upper')!.text).toBe(`query Upper($text: String!, $first: Int, $rows: Int) {
  words(first: $first, text: $text) {
    lines(last: $rows) {
      ...Place
    }
  }
}

fragment Place on Page {
  number
}
`);
    expect(operations.get('Shout')!.text).toBe(`mutation Shout($text: String!, $first: Int) {
  shout(text: $text, times: $first)
}
`);
    expect([...operations.values()].map(({ name, isQuery }) => [name, isQuery])).toEqual([
      ['Upper', true],
      ['Shout', false],
    ]);
  });

  it('has its pages bounded by what everybody may ask for, and nothing else', () => {
    const within = (name: string, variables: object) => operations.get(name)!.within({ ...variables });
    expect(within('Upper', { text: 'a', first: 101, rows: 2 ** 31 })).toEqual({ text: 'a', first: 100, rows: 100 });
    expect(within('Upper', { text: 'a', first: 100, rows: null })).toEqual({ text: 'a', first: 100, rows: null });
    expect(within('Shout', { first: 500 })).toEqual({ first: 500 });
  });
});

describe.each(SYSTEMS)('$title', ({ dialect }) => {
  let twins: Twins;
  beforeAll(async () => {
    twins = new Twins(dialect(), await gatewaySchema());
  });

  it('has queries that /graphql takes within its limits, however long a page was asked for', async () => {
    const whole = await gatewaySchema();
    const queries = [...twins.operations.values()].filter(({ isQuery }) => isQuery);
    expect(queries.length).toBeGreaterThan(0);
    for (const operation of queries) {
      const document = parse(operation.text, { maxTokens: LIMITS.tokens });
      expect([operation.name, validate(whole, document, [...specifiedRules, ...VALIDATION_RULES])]).toEqual([
        operation.name,
        [],
      ]);
      const node = getOperationAST(document, operation.name)!;
      expect(operation.text).not.toMatch(/\b(first|last): \d{3}/);
      const largest = node.variableDefinitions!.map(({ variable }) => [variable.name.value, LIMITS.rows]);
      const prepared = new PreparedOperation(whole, document, node);
      expect(prepared.rowsAskedFor(operation.within(Object.fromEntries(largest)))).toBeLessThanOrEqual(LIMITS.rows);
    }
  });

  it('has a twin for each operation of each route', () => {
    const { routes } = dialect();
    const shown = routeTwins(twins).map(({ route: { method, uri }, operations }) => [
      method,
      uri,
      operations.map(({ name }) => name),
    ]);
    expect(shown).toEqual(routes.map(({ method, uri, operations }) => [method, uri, operations]));
  });
});

describe('A dialect with links of its own', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'twins-'));
    writeFileSync(join(folder, 'operations.graphql'), 'query Upper($text: String!) { upper(text: $text) }\n');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('keeps them: the twins come behind them, each once', async () => {
    const twin =
      '<http://gate.example/graphiql?operation=toy/Upper&variables=%7B%22text%22%3A%22a%22%7D>; rel="alternate"; type="text/html"';
    const headers = { Link: '</toy/pages?page=2>; rel="next"' };
    const dialect = {
      ...toyDialect,
      operations: pathToFileURL(join(folder, 'operations.graphql')),
      routes: [
        route('GET', '/pages', {
          operations: ['Upper'],
          handle: async (_request, run) => {
            await run('Upper', { text: 'a' });
            const { upper } = await run<{ upper: string }>('Upper', { text: 'a' });
            return { ...text(upper), headers };
          },
        }),
        route('POST', '/pages', {
          handle: async (_request, run) => text((await run<{ upper: string }>('Upper', { text: 'b' })).upper),
        }),
      ],
    };
    const server = await startToyServer({ dialects: [dialect], hosts: {}, twinsOf: (one) => new Twins(one, schema) });
    const options = { host: 'gate.example' };
    const reply = await server.http.get('/toy/pages', options);
    expect([reply.status, reply.text, reply.headers.link]).toEqual([200, 'A', `${headers.Link}, ${twin}`]);
    const written = await server.http.post('/toy/pages', options);
    expect([written.status, written.text, written.headers.link]).toEqual([200, 'B', undefined]);
    await server.close();
  });

  it('names an operation that is not stored', () => {
    const dialect = {
      ...toyDialect,
      operations: pathToFileURL(join(folder, 'operations.graphql')),
      routes: [route('GET', '/lost', { operations: ['Lost'], handle: () => text('') })],
    };
    expect(() => routeTwins(new Twins(dialect, schema))).toThrow('GET /lost: there is no operation Lost');
  });
});

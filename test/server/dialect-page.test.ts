import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../src/app.js';
import { Twins } from '../../src/server/twins/twins.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';

let server: TestServer;
let http: HttpClient;
beforeAll(async () => {
  server = await startTestServer();
  http = new HttpClient(server.url);
});
afterAll(() => server.close());

const escaped = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');

describe.each(SYSTEMS)('The page of $title', ({ name, dialect: described }) => {
  it('shows each route with its operations, and the text of each operation once', async () => {
    const dialect = described();
    const twins = new Twins(dialect, await gatewaySchema());
    const { status, text, headers } = await http.get(`/about/${name}`);
    expect([status, headers['content-type'], headers['content-security-policy']]).toEqual([
      200,
      'text/html; charset=utf-8',
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ]);
    for (const { method, uri, summary, operations } of dialect.routes) {
      const links = operations.map((one) => `<a href="#${one}"><code>${one}</code></a>`).join(', ');
      const told = links === '' ? 'No operation: the answer needs no data.' : links;
      expect(text).toContain(
        `<h3><code>${method} /${name}${escaped(uri)}</code></h3>\n<p>${escaped(summary)}</p>\n<p>${told}</p>\n`,
      );
    }
    for (const operation of twins.operations.values()) {
      expect(text.split(`<article id="${operation.name}"`)).toHaveLength(2);
      expect(text).toContain(escaped(operation.text));
      const offered = text.includes(`<a href="/graphiql?operation=${name}/${operation.name}">Open in GraphiQL</a>`);
      expect([operation.name, offered]).toEqual([operation.name, operation.isQuery]);
    }
  });
});

describe('Documents for GraphiQL', () => {
  it('are the stored operations that change nothing', async () => {
    const { status, text, headers } = await http.get('/graphiql/operations/freshmaker/FreshmakerEventTypes.graphql');
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([
      200,
      'text/plain; charset=utf-8',
      'no-cache',
    ]);
    expect(text).toMatch(/^query FreshmakerEventTypes {\n {2}freshmaker {\n/);
  });

  it.each([
    ['freshmaker/FreshmakerCancelEvent', 'a mutation'],
    ['freshmaker/None', 'unknown'],
    ['none/FreshmakerAbout', 'of no system'],
  ])('are not there for %s: %s', async (operation) => {
    const { status, text } = await http.get(`/graphiql/operations/${operation}.graphql`);
    expect([status, text]).toEqual([404, 'There is no such stored operation to run.\n']);
  });

  it('and pages are not there for what is no system', async () => {
    expect((await http.get('/about/none')).status).toBe(404);
  });
});

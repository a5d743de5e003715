import { existsSync, readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Kind, parse, specifiedRules, validate, visit } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../src/app.js';
import { SYSTEM_NAMES } from '../../src/config-values.js';
import { ByteSource } from '../../src/core/import/byte-source.js';
import { runImport } from '../../src/core/import/run.js';
import { System } from '../../src/core/model/states.js';
import { openApi } from '../../src/server/openapi.js';
import { operationsText } from '../../src/server/operations-text.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { HttpClient } from '../support/http.js';
import { SECRETS } from '../support/secrets.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** A file of the package, from its root. */
const file = (path: string): URL => new URL(`../../${path}`, import.meta.url);
const samplesOf = (name: string): string => readFileSync(file(`examples/${name}.json`), 'utf8');

it('All systems with a name and a number are served, each once', () => {
  expect(SYSTEMS.map(({ name }) => name).toSorted()).toEqual(SYSTEM_NAMES.toSorted());
  const numbers = Object.values(System).filter((value) => typeof value === 'number');
  expect(SYSTEMS.map(({ system }) => system).toSorted()).toEqual(numbers.toSorted());
});

describe.each(SYSTEMS)('$title', ({ system, name, title, import: systemImport, dialect: describedDialect }) => {
  const dialect = describedDialect();
  const document = parse(operationsText(dialect.operations));

  it('has one name everywhere', () => {
    expect(System[system]).toBe(name.toUpperCase());
    expect(systemImport.system).toBe(system);
    expect(dialect).toMatchObject({ system: name, prefix: `/${name}`, title: expect.stringContaining(title) });
    expect(existsSync(file(`src/systems/${name}/index.ts`))).toBe(true);
  });

  it('names exactly its stored operations in the route table', () => {
    const stored: string[] = [];
    visit(document, { [Kind.OPERATION_DEFINITION]: ({ name: operation }) => void stored.push(operation!.value) });
    const named = new Set(dialect.routes.flatMap(({ operations }) => operations));
    expect([...named].toSorted()).toEqual(stored.toSorted());
  });

  it('has stored operations that fit the schema', async () => {
    expect(validate(await gatewaySchema(), document, specifiedRules)).toEqual([]);
  });

  it('is described by the committed OpenAPI document', () => {
    const committed = readFileSync(file(`schema/openapi/${name}.json`), 'utf8');
    expect(committed).toBe(`${JSON.stringify(openApi(dialect), null, 2)}\n`);
  });

  it('has a page of its own, which the README links to', () => {
    expect(existsSync(file(`docs/${name}.md`))).toBe(true);
    expect(readFileSync(file('README.md'), 'utf8')).toContain(`(docs/${name}.md)`);
  });

  describe('with its sample records', () => {
    let server: TestServer;
    beforeAll(async () => {
      server = await startTestServer({ import: { [name]: JSON.parse(samplesOf(name)) as object } });
    });
    afterAll(() => server.close());

    it('has events, builds and jobs of known types', async () => {
      const lists = ['events', 'builds', 'jobs'].map(
        (list) => `${list}(filter: { system: { eq: ${System[system]} } }) { totalCount nodes { __typename } }`,
      );
      const { data, errors } = await server.graphql(`{ ${lists.join(' ')} }`);
      expect(errors).toBeUndefined();
      expect(data.builds.totalCount).toBeGreaterThan(0);
    });

    it('does not change when they are imported again', async () => {
      const { database } = server.config;
      const source = ByteSource.stream(Readable.from([Buffer.from(samplesOf(name))]));
      const counts = await runImport({ database, secrets: SECRETS }, systemImport, source);
      expect(counts.length).toBeGreaterThan(0);
      for (const count of counts) expect(count).toMatchObject({ created: 0, replaced: 0 });
    });

    it('shows something at once where the index page points', async () => {
      const page = (await new HttpClient(server.url).get('/')).text;
      const [, href] = new RegExp(`href="(/${name}/[^"]*)"`).exec(page) ?? [];
      expect((await new HttpClient(server.url).get(href!.replaceAll('&amp;', '&'))).status).toBe(200);
    });
  });
});

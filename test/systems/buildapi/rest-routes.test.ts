import { readFileSync } from 'node:fs';
import { Kind, parse, specifiedRules, validate, visit } from 'graphql';
import { describe, expect, it } from 'vitest';
import { gatewaySchema } from '../../../src/app.js';
import { openApi } from '../../../src/server/openapi.js';
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

import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../src/server/openapi.js';
import { SYSTEMS } from '../../src/systems/index.js';

describe.each(SYSTEMS)('The OpenAPI document of $title', ({ dialect: described }) => {
  const dialect = described();
  const document = openApi(dialect);
  const operations = Object.entries(document.paths).flatMap(([uri, methods]) =>
    Object.values(methods).map((operation) => ({ uri, operation })),
  );

  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const { valid, errors } = await validator.validate({ ...structuredClone(document) });
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined });
    expect(validator.version).toBe('3.1');
  });

  it('has every route once', () => {
    expect(operations).toHaveLength(dialect.routes.length);
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(ids).toEqual([...new Set(ids)]);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9_]*$/);
  });

  it('has no two paths that differ in the names of parameters alone', () => {
    const paths = Object.keys(document.paths).map((path) => path.replaceAll(/\{\w+\}/g, '{}'));
    expect(paths).toEqual([...new Set(paths)]);
  });

  it('describes the parameters of every path, and no others', () => {
    for (const { uri, operation } of operations) {
      const named = Array.from(uri.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      const inPath = (operation.parameters ?? []).filter(({ in: where }) => where === 'path');
      expect([uri, inPath.map(({ name }) => name).toSorted()]).toEqual([uri, named.toSorted()]);
      for (const { name } of inPath) expect(dialect.description.parameters).toHaveProperty(name);
    }
  });

  it('says of every operation what it is about, and names schemes and schemas that it has', () => {
    const { securitySchemes, schemas = {} } = document.components;
    const tags = document.tags.map(({ name }) => name);
    for (const { operation } of operations) {
      expect(tags).toContain(operation.tags[0]);
      for (const name of (operation.security ?? []).flatMap(Object.keys)) expect(securitySchemes).toHaveProperty(name);
      const named = Object.values(operation.requestBody?.content ?? {}).flatMap(({ schema }) => schema?.['$ref'] ?? []);
      const known = Object.keys(schemas).map((name) => `#/components/schemas/${name}`);
      expect(known).toEqual(expect.arrayContaining(named));
    }
  });

  it('leads to where its reader reaches the API', () => {
    const place = { origin: 'https://ci.example.org', mount: '/tools/x' };
    const text = JSON.stringify(openApi(dialect, place));
    expect(JSON.parse(text).servers).toEqual([{ url: 'https://ci.example.org/tools/x' }]);
    expect(text).not.toContain('{{');
    expect(text).not.toContain('localhost');
  });
});

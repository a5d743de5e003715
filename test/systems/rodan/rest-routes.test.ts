import { describe, expect, it } from 'vitest';
import { routesOf } from '../../../src/systems/rodan/rest/resource.js';
import { rodanDialect } from '../../../src/systems/rodan/rest/routes.js';

const dialect = rodanDialect();

describe('The route table', () => {
  it('answers OPTIONS on every URI, and every URI ends in a slash', () => {
    const uris = [...new Set(dialect.routes.map(({ uri }) => uri))];
    for (const uri of uris) {
      expect(dialect.routes.filter((route) => route.uri === uri && route.method === 'OPTIONS')).toHaveLength(1);
      expect(uri).toMatch(/\/$/);
    }
  });

  it('refuses a method of a URI that nothing is told of', () => {
    const method = { uri: '/stray/', method: 'GET', summary: '', operations: [], answers: {} } as const;
    const handle = () => ({ status: 200 });
    expect(() => routesOf([], [{ ...method, handle }])).toThrow('GET /stray/: there is no view of this URI');
  });
});

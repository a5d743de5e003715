import { describe, expect, it } from 'vitest';
import { kernelciDialect } from '../../../src/systems/kernelci/rest/routes.js';

const dialect = kernelciDialect();

describe('the route table', () => {
  it('has an answer of its own for GET, POST, PUT and DELETE of every address', () => {
    const methods = Map.groupBy(dialect.routes, ({ uri }) => uri);
    for (const routes of methods.values()) {
      expect(routes.map(({ method }) => method).sort()).toEqual(['DELETE', 'GET', 'POST', 'PUT']);
    }
  });
});

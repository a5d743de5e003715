import { describe, expect, it } from 'vitest';
import { batchOperations, batchQuery } from '../../../src/systems/kernelci/rest/batch-operations.js';

describe('a batch', () => {
  it.each([
    [null],
    [[]],
    ['text'],
    [{}],
    [{ batch: [] }],
    [{ batch: {} }],
    [{ batch: null }],
    [{ batch: ['job'] }],
    [{ batch: [null] }],
    [{ batch: [[]] }],
    [{ batch: [{ resource: 'job' }, { resource: 'job', limit: 1 }] }],
  ])('%j is none', (value) => {
    expect(batchOperations(value)).toBeUndefined();
  });

  it('has operations with their members, and the defaults of those that are not given', () => {
    const operations = batchOperations({
      batch: [
        { method: 'GET', resource: 'count', document: 'build', operation_id: ['a', null], distinct: 'job', query: '' },
        { method: 'get', resource: '', document: 7, query: null },
      ],
    });
    expect(operations).toMatchObject([
      { isGet: true, resource: 'count', document: 'build', operationId: ['a', null], distinct: 'job' },
      { isGet: false, resource: null, document: null, operationId: undefined, distinct: null },
    ]);
  });
});

describe('the query of a batched operation', () => {
  it.each([
    [
      'job=next&limit=1',
      [
        ['job', 'next'],
        ['limit', '1'],
      ],
    ],
    ['?job=next', [['job', 'next']]],
    [
      'job=next&&arch=arm&',
      [
        ['job', 'next'],
        ['arch', 'arm'],
      ],
    ],
    ['job&kernel=a=b&arch=arm', [['arch', 'arm']]],
    ['defconfig_full=a+CONFIG_B%3Dy', [['defconfig_full', 'a+CONFIG_B=y']]],
    ['git_branch=a%20b%2Bc', [['git_branch', 'a b+c']]],
    ['job=ü€', [['job', 'ü€']]],
    ['', []],
  ])('%s', (text, pairs) => {
    expect(batchQuery(text).pairs).toEqual(pairs);
  });
});

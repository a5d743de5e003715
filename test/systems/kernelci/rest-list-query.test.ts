import { describe, expect, it } from 'vitest';
import { RawQuery } from '../../../src/server/raw-query.js';
import { BOOT, BUILD, JOB, TEST_CASE, TOKEN } from '../../../src/systems/kernelci/fields.js';
import { type ListQuery, listQueryOf } from '../../../src/systems/kernelci/rest/list-query.js';
import { projected, representGroup } from '../../../src/systems/kernelci/rest/represent.js';
import { filterOf, orderOf } from '../../../src/systems/kernelci/rest/selection.js';

const read = (query: string): ListQuery => listQueryOf(new RawQuery(query));

describe('limit and skip', () => {
  it.each([
    ['', 0n, 0n],
    ['limit=5&skip=2', 5n, 2n],
    ['limit=5&limit=7&skip=1&skip=3', 7n, 3n],
    ['limit=&skip=%20', 0n, 0n],
    ['limit=-5', 5n, 0n],
    ['limit=%2B5', 5n, 0n],
    ['limit=99999999999999999999', 99999999999999999999n, 0n],
  ])('%s', (query, limit, skip) => {
    expect(read(query).window).toEqual({ limit, skip });
  });

  it.each([
    ['limit=abc', "Wrong value provided for 'limit': abc"],
    ['limit=1.5', "Wrong value provided for 'limit': 1.5"],
    ['skip=x', "Wrong value provided for 'skip': x"],
    ['skip=-1', "Wrong value provided for 'skip': -1"],
    ['sort=job&sort_order=up', "Wrong value provided for 'sort_order': up"],
  ])('%s is refused with the name and text as sent', (query, message) => {
    expect(() => read(query)).toThrow(expect.objectContaining({ code: 'INVALID', message }));
  });
});

describe('sort', () => {
  it.each([
    ['sort=job', ['job'], true],
    ['sort=job&sort=kernel&sort_order=1', ['job', 'kernel'], false],
    ['sort=job&sort_order=1&sort_order=-1', ['job'], true],
    ['sort=job&sort_order=7', ['job'], true],
    ['sort=job&sort_order=', ['job'], true],
    ['sort=&sort_order=up', [], true],
    ['sort_order=1', [], true],
  ])('%s', (query, names, descending) => {
    expect(read(query).sorting).toEqual({ names, descending });
  });

  it('orders nulls first ascending, and ties by insertion', () => {
    expect(orderOf(BOOT, { names: ['lab_name', 'created_on', 'unknown'], descending: false })).toEqual([
      { field: 'KERNELCI_LAB_NAME', direction: 'ASC', nulls: 'FIRST' },
      { field: 'CREATED_AT', direction: 'ASC', nulls: 'FIRST' },
      { field: 'LEGACY_ID', direction: 'ASC' },
    ]);
    expect(orderOf(BUILD, { names: ['created_on'], descending: true })).toEqual([
      { field: 'SUBMITTED_AT', direction: 'DESC', nulls: 'LAST' },
      { field: 'LEGACY_ID', direction: 'ASC' },
    ]);
  });
});

describe('projection', () => {
  const document = { _id: { $oid: 'a' }, job: 'next', kernel: 'k', extra: [1] };
  it.each([
    ['field=job', { _id: { $oid: 'a' }, job: 'next' }],
    ['field=job&field=extra', { _id: { $oid: 'a' }, job: 'next', extra: [1] }],
    ['field=&nfield=', document],
    ['field=unknown', { _id: { $oid: 'a' } }],
    ['nfield=job&nfield=unknown', { _id: { $oid: 'a' }, kernel: 'k', extra: [1] }],
    ['field=job&field=kernel&nfield=kernel', { _id: { $oid: 'a' }, job: 'next' }],
    ['nfield=_id', { job: 'next', kernel: 'k', extra: [1] }],
    ['field=job&nfield=_id', { job: 'next' }],
  ])('%s', (query, expected) => {
    expect(projected(document, read(query).projection)).toEqual(expected);
  });

  it.each([
    ['aggregate=job', { _id: { job: 'next' }, result: document }],
    ['aggregate=job&aggregate=none', { _id: { job: 'next', none: null }, result: document }],
    ['aggregate=job&field=kernel&field=none', { _id: { job: 'next' }, kernel: 'k', none: null }],
  ])('%s: a group is shown under its fields', (query, expected) => {
    const { aggregate, projection } = read(query);
    expect(representGroup(document, aggregate, projection)).toEqual(expected);
  });
});

describe('filters of the schema', () => {
  const text = { type: 'text', orNull: false } as const;

  it('ask for the records of one collection', () => {
    expect(filterOf(JOB, [])).toEqual({ system: { eq: 'KERNELCI' } });
    expect(filterOf(BOOT, [])).toEqual({ kernelci: { collection: { eq: 'BOOT' } } });
    expect(filterOf(TEST_CASE, [])).toEqual({});
  });

  it.each([
    [JOB, { ...text, name: 'job', anyOf: ['next'] }, { project: { eq: 'next' } }],
    [BOOT, { ...text, name: 'lab_name', anyOf: ['a', 'b', 'a'] }, { requester: { in: ['a', 'b'] } }],
    [BUILD, { ...text, name: 'git_branch', anyOf: ['master'] }, { kernelci: { gitBranch: { eq: 'master' } } }],
    [BUILD, { ...text, name: 'arch', anyOf: [], orNull: true }, { kernelci: { arch: { isNull: true } } }],
    [
      BUILD,
      { ...text, name: 'arch', anyOf: ['arm'], orNull: true },
      { or: [{ kernelci: { arch: { eq: 'arm' } } }, { kernelci: { arch: { isNull: true } } }] },
    ],
    [
      JOB,
      { name: 'private', type: 'boolean', anyOf: [true, false], orNull: false },
      { or: [{ kernelci: { private: { eq: true } } }, { kernelci: { private: { eq: false } } }] },
    ],
    [
      TOKEN,
      { name: 'ip_address', type: 'json', anyOf: ['10.0.0.1'], orNull: false },
      { ipAddress: { contains: '"10.0.0.1"' } },
    ],
    [TOKEN, { name: 'properties', type: 'json', anyOf: ['1'], orNull: false }, { properties: { in: [] } }],
    [
      BUILD,
      { name: 'created_on', type: 'time', from: 0, before: 1e30 },
      { submittedAt: { gte: '1970-01-01T00:00:00.000Z', lt: '2223-07-06T14:13:20.000Z' } },
    ],
    [JOB, { ...text, name: 'board', anyOf: ['juno'] }, { legacyId: { in: [] } }],
    [JOB, { ...text, name: 'board', anyOf: ['juno'], orNull: true }, {}],
    [JOB, { name: 'errors', type: 'integer', from: 1 }, { legacyId: { in: [] } }],
  ] as const)('say the same as a condition', (collection, condition, expected) => {
    expect(filterOf(collection, [condition])['and']).toEqual([expected]);
  });
});

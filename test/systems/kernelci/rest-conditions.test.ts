import { describe, expect, it } from 'vitest';
import { RawQuery } from '../../../src/server/raw-query.js';
import { BOOT, BUILD, JOB, LAB, STATISTICS, TEST_REGRESSION, TOKEN } from '../../../src/systems/kernelci/fields.js';
import { conditionsOf } from '../../../src/systems/kernelci/rest/conditions.js';
import { BOOT_DELETION_KEYS, COUNT_KEYS, filterKeys } from '../../../src/systems/kernelci/rest/keys.js';
import type { Collection } from '../../../src/systems/kernelci/fields.js';

const NOW = Date.parse('2015-01-20T12:34:56.789Z');

function conditions(query: string, collection: Collection = BOOT): unknown[] {
  return conditionsOf(new RawQuery(query), filterKeys(collection), NOW);
}

const day = (from: string | null, before: string): object => ({
  name: 'created_on',
  type: 'time',
  ...(from !== null && { from: Date.parse(from) }),
  before: Date.parse(before),
});

describe('filters', () => {
  it.each([
    ['job=next', [{ name: 'job', type: 'text', anyOf: ['next'], orNull: false }]],
    ['job=a&job=b', [{ name: 'job', type: 'text', anyOf: ['a', 'b'], orNull: false }]],
    ['job=%20next%20', [{ name: 'job', type: 'text', anyOf: ['next'], orNull: false }]],
    ['job=&board=%20', []],
    ['job=&job=a', [{ name: 'job', type: 'text', anyOf: ['a'], orNull: false }]],
    ['foo=1&job[]=x&job[$ne]=x&JOB=x&__proto__=x', []],
    ['defconfig_full=a%2BB', [{ name: 'defconfig_full', type: 'text', anyOf: ['a+B'], orNull: false }]],
    ['defconfig_full=a+B', [{ name: 'defconfig_full', type: 'text', anyOf: ['a B'], orNull: false }]],
    ['job=a%00b', [{ name: 'job', type: 'text', anyOf: ['a\uFFFDb'], orNull: false }]],
  ])('%s: exact, any of the values of a key, blank ones and unknown keys ignored', (query, expected) => {
    expect(conditions(query)).toEqual(expected);
  });

  it.each([
    ['endian=null', [{ name: 'endian', type: 'text', anyOf: [], orNull: true }]],
    ['endian=null&endian=big', [{ name: 'endian', type: 'text', anyOf: ['big'], orNull: true }]],
    ['retries=null&retries=3', [{ name: 'retries', type: 'integer', anyOf: [3], orNull: true }]],
    ['job_id=null', [{ name: 'job_id', type: 'oid', anyOf: [], orNull: true }]],
  ])('%s: null stands for null or missing', (query, expected) => {
    expect(conditions(query)).toEqual(expected);
  });

  it.each([
    ['retries=2', [{ name: 'retries', type: 'integer', anyOf: [2], orNull: false }]],
    ['retries=%2B2&retries=-1', [{ name: 'retries', type: 'integer', anyOf: [2, -1], orNull: false }]],
    ['retries=2&retries=two', []],
    ['retries=2.0', []],
    ['retries=null&retries=two', []],
    ['retries=99999999999999999999', [{ name: 'retries', type: 'integer', anyOf: [], orNull: false }]],
    ['kernel_image_size=0x10', []],
  ])('%s: if any value of an integer is none the whole key is ignored', (query, expected) => {
    expect(conditions(query)).toEqual(expected);
  });

  const ID = '54b8e0dcc0ffee015a00000f';
  it.each([
    [`_id=${ID}`, [{ name: '_id', type: 'oid', anyOf: [ID], orNull: false }]],
    [`_id=${ID.toUpperCase()}`, [{ name: '_id', type: 'oid', anyOf: [ID], orNull: false }]],
    ['_id=54b8e0dcc0ffee015a00000', []],
    ['_id=zzb8e0dcc0ffee015a00000f', []],
    [`job_id=${ID}&job_id=x`, []],
    ['boot_job_id=12', [{ name: 'boot_job_id', type: 'text', anyOf: ['12'], orNull: false }]],
  ])('%s: an invalid id makes the filter disappear', (query, expected) => {
    expect(conditions(query)).toEqual(expected);
  });

  it('an invalid token id makes the filter of labs disappear', () => {
    expect(conditions('token=nope', LAB)).toEqual([]);
    expect(conditions(`token=${ID}`, LAB)).toEqual([{ name: 'token', type: 'oid', anyOf: [ID], orNull: false }]);
  });

  it.each([
    ['private=true', [true], false],
    ['private=1', [true], false],
    ['private=false&private=0', [false, false], false],
    ['private=true&private=maybe', [true], false],
    ['private=maybe&private=null', [], true],
  ])('%s: truth values are true, 1, false and 0, others are ignored', (query, anyOf, orNull) => {
    expect(conditions(query, JOB)).toEqual([{ name: 'private', type: 'boolean', anyOf, orNull }]);
  });

  it.each(['private=True', 'private=yes', 'private='])('%s: ignored', (query) => {
    expect(conditions(query, JOB)).toEqual([]);
  });
});

describe('days', () => {
  it.each([
    ['created_on=2015-01-16', '2015-01-16T00:00:00Z', '2015-01-16T23:59:59Z'],
    ['created_on=20150116', '2015-01-16T00:00:00Z', '2015-01-16T23:59:59Z'],
    ['created_on=2014-01-01&created_on=20150116', '2015-01-16T00:00:00Z', '2015-01-16T23:59:59Z'],
    ['created_on=2016-02-29', '2016-02-29T00:00:00Z', '2016-02-29T23:59:59Z'],
    ['date_range=0', '2015-01-20T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=1', '2015-01-19T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=-3', '2015-01-17T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=7&date_range=2', '2015-01-18T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=', '2015-01-15T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=many', '2015-01-15T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=1000000000', '2015-01-15T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['date_range=2&created_on=2014-12-31', '2014-12-29T00:00:00Z', '2014-12-31T23:59:59Z'],
    ['date_range=2&created_on=nonsense', '2015-01-18T00:00:00Z', '2015-01-20T23:59:59Z'],
    ['time_range=30', '2015-01-20T12:04:56.789Z', '2015-01-20T12:34:56.789Z'],
    ['time_range=-30', '2015-01-20T12:04:56.789Z', '2015-01-20T12:34:56.789Z'],
    ['time_range=5', '2015-01-20T12:24:56.789Z', '2015-01-20T12:34:56.789Z'],
    ['time_range=99999', '2015-01-19T12:34:56.789Z', '2015-01-20T12:34:56.789Z'],
    ['time_range=soon', '2015-01-20T11:34:56.789Z', '2015-01-20T12:34:56.789Z'],
    ['time_range=10&time_range=20', '2015-01-20T12:14:56.789Z', '2015-01-20T12:34:56.789Z'],
    ['time_range=30&created_on=2014-01-01&date_range=9', '2015-01-20T12:04:56.789Z', '2015-01-20T12:34:56.789Z'],
  ])('%s: from %s up to, not including, %s', (query, from, before) => {
    expect(conditions(query)).toEqual([day(from, before)]);
  });

  it('date_range reaching before year 1 has no lower bound', () => {
    expect(conditions('date_range=999999999')).toEqual([day(null, '2015-01-20T23:59:59Z')]);
    expect(conditions('date_range=735617')).toEqual([day('0001-01-01T00:00:00Z', '2015-01-20T23:59:59Z')]);
    expect(conditions('date_range=735618')).toEqual([day(null, '2015-01-20T23:59:59Z')]);
  });

  it.each([
    'created_on=2015-02-29',
    'created_on=2015-1-6',
    'created_on=2015-0116',
    'created_on=16.01.2015',
    'created_on=0000-01-01',
    'created_on=2015-01-16T00:00:00Z',
    'created_on=null',
    'created_on=2015-01-16&created_on=nonsense',
  ])('%s: unparsable, ignored', (query) => {
    expect(conditions(query)).toEqual([]);
  });

  it('expires_on=null asks for tokens that do not expire', () => {
    const never = { name: 'expires_on', type: 'time', anyOf: [], orNull: true };
    expect(conditions('expires_on=null', TOKEN)).toEqual([never]);
  });

  it('date_range counts for regressions, which have no key created_on', () => {
    expect(conditions('date_range=0&created_on=2014-01-01', TEST_REGRESSION)).toEqual([
      day('2015-01-20T00:00:00Z', '2015-01-20T23:59:59Z'),
    ]);
  });
});

describe('ranges', () => {
  it.each([
    ['gte=warnings,5', [{ name: 'warnings', type: 'integer', from: 5 }]],
    ['lt=warnings,5', [{ name: 'warnings', type: 'integer', before: 5 }]],
    [
      'gte=errors,1&gte=warnings,2',
      [
        { name: 'errors', type: 'integer', from: 1 },
        { name: 'warnings', type: 'integer', from: 2 },
      ],
    ],
    [
      'gte=warnings,1&gte=warnings,3&lt=warnings,9',
      [
        { name: 'warnings', type: 'integer', from: 3 },
        { name: 'warnings', type: 'integer', before: 9 },
      ],
    ],
    ['gte=warnings,1&gte=warnings,x', [{ name: 'warnings', type: 'integer', from: 1 }]],
    ['gte=kernel,v4', [{ name: 'kernel', type: 'text', from: 'v4' }]],
    ['gte=created_on,2015-01-16', [{ name: 'created_on', type: 'time', from: Date.parse('2015-01-16') }]],
    ['lt=created_on,20150116', [{ name: 'created_on', type: 'time', before: Date.parse('2015-01-16') }]],
    ['gte=created_on,1421402188347', [{ name: 'created_on', type: 'time', from: 1421402188347 }]],
    ['gte=created_on,142140218', [{ name: 'created_on', type: 'time', from: 142140218 }]],
    ['gte=warnings,99999999999999999999', [{ name: 'warnings', type: 'integer', from: Number.MAX_SAFE_INTEGER }]],
  ])('%s', (query, expected) => {
    expect(conditions(query, BUILD)).toEqual(expected);
  });

  it.each([
    'gte=warnings',
    'gte=warnings,',
    'gte=warnings,%20',
    'gte=warnings,1,2',
    'gte=warnings,few',
    'gte=unknown,1',
    'gte=,1',
    'gte=',
    'gte=metadata,1',
    'lt=created_on,14214021',
    'lt=created_on,yesterday',
    'lt=__proto__,1',
  ])('%s: that one argument is ignored', (query) => {
    expect(conditions(query, BUILD)).toEqual([]);
  });

  it('are AND-ed with everything else', () => {
    expect(conditions('job=next&created_on=2015-01-16&gte=created_on,1421402188347&lt=version,2', STATISTICS)).toEqual([
      day('2015-01-16T00:00:00Z', '2015-01-16T23:59:59Z'),
      { name: 'created_on', type: 'time', from: 1421402188347 },
      { name: 'version', type: 'text', before: '2' },
    ]);
  });
});

describe('keys', () => {
  it('of the count are the same for every collection', () => {
    const query = new RawQuery('board=juno&errors=1&test_case_id=54b8e0dcc0ffee015a00000f&endian=big');
    expect(conditionsOf(query, COUNT_KEYS, NOW).map((condition) => condition.name)).toEqual([
      'board',
      'errors',
      'test_case_id',
    ]);
  });

  it('of DELETE /boot leave out everything else', () => {
    const query = new RawQuery('lab_name=lab-x&kernel=a&arch=arm');
    expect(conditionsOf(query, BOOT_DELETION_KEYS, NOW).map((condition) => condition.name)).toEqual(['kernel']);
  });
});

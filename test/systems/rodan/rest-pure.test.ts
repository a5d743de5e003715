import { describe, expect, it } from 'vitest';
import { Links } from '../../../src/systems/rodan/rest/links.js';
import { readFilterTime } from '../../../src/systems/rodan/rest/filter-times.js';
import { meaningOf } from '../../../src/systems/rodan/rest/filter-values.js';

describe('Times in filters', () => {
  it.each([
    ['2016-02-01', '2016-02-01T00:00:00Z'],
    ['2016-2-1', '2016-02-01T00:00:00Z'],
    [' 2016-02-01 ', '2016-02-01T00:00:00Z'],
    ['2016-02-01 12:30', '2016-02-01T12:30:00Z'],
    ['2016-02-01   7:05:09', '2016-02-01T07:05:09Z'],
    ['2016-02-01 12:30:15.5', '2016-02-01T12:30:15.500000Z'],
    ['2016-02-01 12:30:15.000001', '2016-02-01T12:30:15.000001Z'],
    ['02/01/2016', '2016-02-01T00:00:00Z'],
    ['2/1/2016 1:02', '2016-02-01T01:02:00Z'],
    ['02/01/16 23:59:59.999999', '2016-02-01T23:59:59.999999Z'],
    ['01/01/69', '1969-01-01T00:00:00Z'],
    ['01/01/68', '2068-01-01T00:00:00Z'],
    ['2016-02-01T12:30:15', '2016-02-01T12:30:15Z'],
    ['2016-02-01T12:30Z', '2016-02-01T12:30:00Z'],
    ['2016-02-01 12:30:15.1234567', '2016-02-01T12:30:15.123456Z'],
    ['2016-02-01T12:30:15.123456789Z', '2016-02-01T12:30:15.123456Z'],
    ['2016-02-01T00:30:00+01:00', '2016-01-31T23:30:00Z'],
    ['2016-02-01T12:30:00-0530', '2016-02-01T18:00:00Z'],
    ['2016-02-01 12:30:00+02', '2016-02-01T10:30:00Z'],
    ['2016-02-29', '2016-02-29T00:00:00Z'],
    ['0001-01-01', '0001-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59Z'],
    ['1969-12-31T23:59:59.999999Z', '1969-12-31T23:59:59.999999Z'],
  ])('"%s" is %s', (text, time) => {
    expect(readFilterTime(text)).toBe(time);
  });

  it.each([
    '',
    'now',
    '2016',
    '2016-02',
    '2016-02-30',
    '2015-02-29',
    '2016-00-01',
    '2016-13-01',
    '0000-01-01',
    '16-02-01',
    '13/01/2016',
    '2016/02/01',
    '1.2.2016',
    '02/01/016',
    '2016-02-01T',
    '2016-02-01 24:00',
    '2016-02-01 12:60',
    '2016-02-01 12:00:60',
    '2016-02-01 12:30123',
    '2016-02-01 12',
    '2016-02-01T12:30:00+24:00',
    '2016-02-01T12:30:00+01:60',
    '02/01/2016T12:30',
    '2016-02-01T12:30:00z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '+02016-02-01',
    '２０１６-02-01',
  ])('"%s" is none', (text) => {
    expect(readFilterTime(text)).toBeUndefined();
  });
});

describe('Numbers in filters', () => {
  const meant = (value: string, lookup: 'exact' | 'lt' | 'gt') =>
    meaningOf({ kind: 'number', lookups: [lookup], path: 'minimum' }, lookup, value);

  it.each([
    ['2', { eq: 2 }, { lt: 2 }, { gt: 2 }],
    ['2.0', { eq: 2 }, { lt: 2 }, { gt: 2 }],
    ['2.5', 'nothing', { lte: 2 }, { gt: 2 }],
    ['-2.5', 'nothing', { lte: -3 }, { gt: -3 }],
    ['+.5', 'nothing', { lte: 0 }, { gt: 0 }],
    ['-0', { eq: 0 }, { lt: 0 }, { gt: 0 }],
    ['25e-1', 'nothing', { lte: 2 }, { gt: 2 }],
    ['20e-1', { eq: 2 }, { lt: 2 }, { gt: 2 }],
    ['2e3', { eq: 2000 }, { lt: 2000 }, { gt: 2000 }],
    ['2.00000000000000000000000000001', 'nothing', { lte: 2 }, { gt: 2 }],
    ['9007199254740991', { eq: 9007199254740991 }, { lt: 9007199254740991 }, { gt: 9007199254740991 }],
    ['1e400', 'nothing', 'all', 'nothing'],
    ['-1e400', 'nothing', 'nothing', 'all'],
    ['1e-400', 'nothing', { lte: 0 }, { gt: 0 }],
    ['-1e-400', 'nothing', { lte: -1 }, { gt: -1 }],
    ['1e999999999', 'nothing', 'all', 'nothing'],
    ['0e999999999', { eq: 0 }, { lt: 0 }, { gt: 0 }],
    ['9'.repeat(5000), 'nothing', 'all', 'nothing'],
    ['abc', 'nothing', 'nothing', 'nothing'],
    ['NaN', 'nothing', 'nothing', 'nothing'],
    ['Infinity', 'nothing', 'nothing', 'nothing'],
    ['0x10', 'nothing', 'nothing', 'nothing'],
    ['1,5', 'nothing', 'nothing', 'nothing'],
    ['.', 'nothing', 'nothing', 'nothing'],
    ['1e', 'nothing', 'nothing', 'nothing'],
  ])('%s', (value, exact, lt, gt) => {
    expect([meant(value, 'exact'), meant(value, 'lt'), meant(value, 'gt')]).toEqual([exact, lt, gt]);
  });

  it('nonsense is told in a time that grows with its length only', () => {
    // With its square this would take many minutes.
    expect(meant(`${'1'.repeat(1_000_000)}x`, 'exact')).toBe('nothing');
  });
});

it('Links hold scheme, host and mount as the client used them', () => {
  const links = new Links({ origin: 'https://ci.example', prefix: '/tools/rodan' });
  expect(links.of('runjob', 'x')).toBe('https://ci.example/tools/rodan/runjob/x/');
  expect([links.maybe('job', null), links.file(null)]).toEqual([null, null]);
});

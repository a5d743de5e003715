import { describe, expect, it } from 'vitest';
import { formatOffsetTime, formatTime, parseOffsetTime, parseTime, requireTime } from '../../src/core/time.js';

const FIRST = Date.parse('0001-01-01T00:00:00Z') * 1000;
const LAST = Date.parse('9999-12-31T23:59:59Z') * 1000;

/** Numbers that repeat from run to run, evenly from 0 to 1. */
function* randomNumbers(count: number): Generator<number> {
  let state = 20_190_801;
  for (let index = 0; index < count; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

describe('Texts of times', () => {
  it('are read back as the same microsecond wherever a number holds it', () => {
    for (const random of randomNumbers(5000)) {
      const micros = Math.round((random * 2 - 1) * Number.MAX_SAFE_INTEGER);
      const text = formatTime(micros);
      expect(text).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);
      expect(parseTime(text)).toBe(micros);
    }
  });

  it('are those of Date for every second from year 1 to 9999', () => {
    for (const random of randomNumbers(5000)) {
      const micros = Math.floor((FIRST + random * (LAST - FIRST)) / 1_000_000) * 1_000_000;
      const text = new Date(micros / 1000).toISOString().replace('.000Z', 'Z');
      expect(formatTime(micros)).toBe(text);
      expect(parseTime(text)).toBe(micros);
    }
  });

  it.each([
    [0, '1970-01-01T00:00:00Z'],
    [1, '1970-01-01T00:00:00.000001Z'],
    [-1, '1969-12-31T23:59:59.999999Z'],
    [1_564_641_046_120_000, '2019-08-01T06:30:46.120000Z'],
    [FIRST, '0001-01-01T00:00:00Z'],
    [LAST, '9999-12-31T23:59:59Z'],
    [Number.MIN_SAFE_INTEGER, '1684-07-28T00:12:25.259009Z'],
    [Number.MAX_SAFE_INTEGER, '2255-06-05T23:47:34.740991Z'],
  ])('%d is %s', (micros, text) => {
    expect(formatTime(micros)).toBe(text);
    expect(parseTime(text)).toBe(micros);
  });

  it('never leave the year 9999', () => {
    for (const text of ['9999-12-31T23:59:59.999999Z', '9999-12-31T23:59:59.999999999Z']) {
      expect(formatTime(parseTime(text)!)).toMatch(/^9999-12-31T23:59:59\.9999\d\dZ$/);
    }
  });
});

describe('A text of a time', () => {
  it.each([
    ['2019-08-01T06:30:46Z', '2019-08-01T06:30:46Z'],
    ['2019-08-01t06:30:46z', '2019-08-01T06:30:46Z'],
    ['2019-08-01 06:30:46.5Z', '2019-08-01T06:30:46.500000Z'],
    ['2019-08-01T06:30:46.123456789Z', '2019-08-01T06:30:46.123456Z'],
    ['2019-08-01T06:30:46+02:00', '2019-08-01T04:30:46Z'],
    ['2019-08-01T23:30:46.25-05:30', '2019-08-02T05:00:46.250000Z'],
    ['2019-08-01T00:00:00+23:59', '2019-07-31T00:01:00Z'],
    ['2019-08-01T06:30:46-00:00', '2019-08-01T06:30:46Z'],
    ['2020-02-29T00:00:00Z', '2020-02-29T00:00:00Z'],
    ['2000-02-29T23:59:59Z', '2000-02-29T23:59:59Z'],
    ['0004-02-29T00:00:00Z', '0004-02-29T00:00:00Z'],
    ['0001-01-01T01:00:00+01:00', '0001-01-01T00:00:00Z'],
    ['9999-12-31T22:59:59-01:00', '9999-12-31T23:59:59Z'],
  ])('%s means %s', (text, canonical) => {
    expect(formatTime(parseTime(text)!)).toBe(canonical);
    expect(formatTime(requireTime('at', '2019-08-01T06:30:46Z'))).toBe('2019-08-01T06:30:46Z');
  });

  it.each([
    '',
    '2019-08-01',
    '2019-08-01T06:30Z',
    '2019-08-01T06:30:46',
    '2019-08-01T06:30:46.Z',
    '2019-08-01T06:30:46.1234567890Z',
    '2019-08-01T06:30:46+0200',
    '2019-08-01T06:30:46+24:00',
    '2019-08-01T06:30:46+02:60',
    '2019-08-01T24:00:00Z',
    '2019-08-01T06:60:00Z',
    '2019-08-01T06:30:60Z',
    '2019-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2019-04-31T00:00:00Z',
    '2019-13-01T00:00:00Z',
    '2019-00-01T00:00:00Z',
    '2019-01-00T00:00:00Z',
    '0000-12-31T23:59:59Z',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    '10000-01-01T00:00:00Z',
    '+2019-08-01T06:30:46Z',
    ' 2019-08-01T06:30:46Z',
    '2019-08-01T06:30:46Z\n',
    '２０１９-08-01T06:30:46Z',
    '2019-08-01T06:30:46Z\0',
  ])('%j is none', (text) => {
    expect(parseTime(text)).toBeNull();
    expect(() => requireTime('time_done', text)).toThrow(
      expect.objectContaining({ code: 'INVALID', message: 'time_done: not a time such as 2019-08-01T06:30:46Z.' }),
    );
  });

  it('is required to be text, and a time that a column can hold', () => {
    for (const value of [null, undefined, 1_564_641_046, {}, new Date(0)]) {
      expect(() => requireTime('at', value)).toThrow(expect.objectContaining({ code: 'INVALID' }));
    }
    for (const value of [
      '0001-01-01T00:00:00Z',
      '1684-01-01T00:00:00Z',
      '2256-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
    ]) {
      expect(() => requireTime('at', value)).toThrow(
        expect.objectContaining({ code: 'INVALID', message: 'at: not between the years 1685 and 2254.' }),
      );
    }
  });
});

describe('A time with its offset', () => {
  it.each([
    ['2009-10-20T10:20:00-05:00', 1_256_052_000_000_000, -300],
    ['2009-10-20T15:20:00+00:00', 1_256_052_000_000_000, 0],
    ['2009-10-20T20:50:00.000001+05:30', 1_256_052_000_000_001, 330],
    ['1970-01-01T00:00:00+00:30', -1_800_000_000, 30],
    ['1969-12-31T23:59:59.999999-00:01', 59_999_999, -1],
    ['2000-02-29T23:59:59.500000+23:59', 951_782_459_500_000, 1439],
    ['2255-06-06T23:46:34.740991+23:59', Number.MAX_SAFE_INTEGER, 1439],
    ['1684-07-27T00:13:25.259009-23:59', Number.MIN_SAFE_INTEGER, -1439],
  ])('%s is read and written again', (text, at, offset) => {
    expect(parseOffsetTime(text)).toEqual({ at, offset });
    expect(formatOffsetTime({ at, offset })).toBe(text);
  });

  it('keeps instant and offset wherever a column holds it', () => {
    const random = randomNumbers(10_000);
    for (const value of random) {
      const at = Math.round((value * 2 - 1) * Number.MAX_SAFE_INTEGER);
      const offset = Math.floor(((random.next().value as number) * 2 - 1) * 1439);
      expect(parseOffsetTime(formatOffsetTime({ at, offset }))).toEqual({ at, offset: offset || 0 });
    }
  });

  it.each([
    ['2009-10-20T10:20:00Z', '2009-10-20T10:20:00+00:00'],
    ['2009-10-20 10:20:00z', '2009-10-20T10:20:00+00:00'],
    ['2009-10-20T10:20:00-00:00', '2009-10-20T10:20:00+00:00'],
    ['2009-10-20T10:20:00.12+02:00', '2009-10-20T10:20:00.120000+02:00'],
    ['2009-10-20T10:20:00.123456789+02:00', '2009-10-20T10:20:00.123456+02:00'],
  ])('%s is written as %s', (text, canonical) => {
    expect(formatOffsetTime(parseOffsetTime(text)!)).toBe(canonical);
  });

  it.each([
    '',
    '2009-10-20T10:20:00',
    '2009-10-20T10:20:00-0500',
    '2009-10-20T10:20:00+24:00',
    '2009-02-29T10:20:00+01:00',
    '1684-07-28T00:12:25+00:00',
    '2255-06-05T23:47:35+00:00',
    '9999-12-31T23:59:59Z',
  ])('%j is none, or none that a column can hold', (text) => {
    expect(parseOffsetTime(text)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { dateAt, dayOf, localText, shiftedDate } from '../../../src/systems/buildapi/rest/days.js';
import { arrayOf, isoTime, jobWindow, objectOf, optionalCount } from '../../../src/systems/buildapi/rest/fields.js';
import { wantsJson } from '../../../src/systems/buildapi/rest/format.js';
import { nestedPending, nestedRunning, shortBranch } from '../../../src/systems/buildapi/rest/nested.js';
import { duration } from '../../../src/systems/buildapi/rest/pages/nested.js';
import {
  type AttemptFields,
  doneness,
  mergedBuilds,
  representRequest,
  type RequestFields,
} from '../../../src/systems/buildapi/rest/represent.js';
import { RawQuery } from '../../../src/server/raw-query.js';

const iso = (seconds: number): string => new Date(seconds * 1000).toISOString();

const request = (number: number, rest: Partial<RequestFields> = {}): RequestFields => ({
  number,
  name: 'Linux try build',
  sourceBranch: 'try',
  revision: 'abc',
  submittedAt: iso(1000 + number),
  complete: false,
  finishedAt: null,
  priority: 0,
  claimedAt: 2000,
  claimedByName: 'm1',
  claimedByIncarnation: 'p1',
  results: null,
  buildReason: null,
  ...rest,
});

const attempt = (buildId: number, of: RequestFields, rest: Partial<AttemptFields> = {}): AttemptFields => ({
  buildId,
  buildNumber: 5,
  startedAt: iso(2001),
  finishedAt: null,
  slaveName: 's1',
  request: of,
  ...rest,
});

describe('physical builds', () => {
  it('are one entry in the place of the highest build id, with the requests of all rows', () => {
    const merged = mergedBuilds([
      attempt(9, request(3)),
      attempt(8, request(4, { name: 'other' })),
      attempt(7, request(1, { priority: 2 })),
    ]);
    expect(merged.map((build) => [build.build_id, build.requests.map(({ request_id: id }) => id)])).toEqual([
      [9, [3, 1]],
      [8, [4]],
    ]);
  });

  it.each([
    ['master', { claimedByName: 'm2' }, {}],
    ['incarnation', { claimedByIncarnation: 'p2' }, {}],
    ['no incarnation', { claimedByIncarnation: null }, {}],
    ['time of claim', { claimedAt: 2001 }, {}],
    ['builder', { name: 'Linux' }, {}],
    ['number', {}, { buildNumber: 6 }],
  ])('are told apart by %s', (_name, ofRequest, ofAttempt) => {
    expect(mergedBuilds([attempt(9, request(3)), attempt(8, request(2, ofRequest), ofAttempt)])).toHaveLength(2);
  });

  it('of /running are keyed by start, with the fields of the highest request and the time of the lowest', () => {
    const rows = [
      attempt(7, request(3, { revision: null })),
      attempt(8, request(1)),
      attempt(9, request(2), { startedAt: iso(1) }),
    ];
    const running = nestedRunning(rows, ['try']);
    expect(Object.keys(running['try']!)).toEqual(['Unknown', 'abc']);
    expect(running['try']!['Unknown']).toEqual([
      {
        buildername: 'Linux try build',
        last_heartbeat: 2000,
        claimed_by_name: 'm1',
        start_time: 2001,
        number: 5,
        id: 7,
        revision: 'Unknown',
        request_ids: [1, 3],
        submitted_at: 1001,
      },
    ]);
  });
});

describe('the short name of a branch', () => {
  const known = ['try', 'try-comm-central', 'mozilla-inbound', ''];
  it.each([
    ['try', 'try'],
    ['try-linux64-opt-unittest', 'try'],
    ['try-comm-central-win32', 'try-comm-central'],
    ['integration/mozilla-inbound', 'mozilla-inbound'],
    ['mozilla-inbound/other', 'Unknown'],
    ['my-try', 'Unknown'],
    ['', 'Unknown'],
    [null, 'Unknown'],
  ])('%s is %s', (source, short) => expect(shortBranch(source, known)).toBe(short));

  it('may be the name of an object member', () => {
    const nested = nestedPending([request(1, { sourceBranch: '__proto__', revision: 'constructor' })], ['__proto__']);
    expect(JSON.stringify(nested)).toBe(
      '{"__proto__":{"constructor":[{"id":1,"buildername":"Linux try build","submitted_at":1001}]}}',
    );
  });
});

describe('is_done', () => {
  const ended = (end: number | null, status: number | null) =>
    mergedBuilds([
      attempt(1, request(1, { complete: status !== null, results: status }), {
        finishedAt: end === null ? null : iso(end),
      }),
    ]);
  const done = (...lists: ReturnType<typeof ended>[]) => {
    const { job_complete: complete, job_passed: passed } = doneness(lists.flat(), 180, 10_000);
    return [complete, passed];
  };

  it('is complete when everything ended long enough ago, and passed when all is success or retry', () => {
    expect(done(ended(9820, 0), ended(9000, 5))).toEqual([true, true]);
    expect(done(ended(9821, 0))).toEqual([false, false]);
    expect(done(ended(null, null))).toEqual([false, false]);
    for (const status of [1, 2, 3, 4, 6, null]) expect(done(ended(9000, status))).toEqual([true, false]);
  });

  it('is not complete while something waits', () => {
    expect(doneness([representRequest(request(1))], 180, 10_000)).toMatchObject({ job_complete: false });
    expect(doneness([...ended(9000, 0), representRequest(request(1))], 180, 10_000).job_passed).toBe(false);
  });
});

describe('days', () => {
  const LA = 'America/Los_Angeles';

  it.each([
    ['2015-06-01', LA, '2015-06-01T07:00:00Z'],
    ['2015-6-1', LA, '2015-06-01T07:00:00Z'],
    ['2015-12-31', LA, '2015-12-31T08:00:00Z'],
    ['2015-03-08', LA, '2015-03-08T08:00:00Z'],
    ['2015-11-01', LA, '2015-11-01T07:00:00Z'],
    ['2015-11-02', LA, '2015-11-02T08:00:00Z'],
    ['2016-02-29', 'Asia/Kolkata', '2016-02-28T18:30:00Z'],
    ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00Z'],
    ['2018-02-18', 'America/Sao_Paulo', '2018-02-18T03:00:00Z'],
    ['2015-01-01', 'UTC', '2015-01-01T00:00:00Z'],
    ['2015-10-25', 'Pacific/Kiritimati', '2015-10-24T10:00:00Z'],
  ])('%s in %s begins at %s and has 86400 seconds', (date, zone, begin) => {
    const day = dayOf(date, zone)!;
    expect([day.from, day.to - day.from]).toEqual([Date.parse(begin) / 1000, 86_400]);
  });

  it.each(['2015-02-29', '2015-00-10', '2015-1-0', '15-01-01', '2015/01/01', ' 2015-01-01', '2015-001-01', ''])(
    '"%s" is no date',
    (text) => expect(dayOf(text, LA)).toBeUndefined(),
  );

  it('are named by the clock there', () => {
    expect(dateAt(Date.parse('2015-06-01T06:59:59Z') / 1000, LA)).toBe('2015-05-31');
    expect(localText(Date.parse('2015-01-01T08:00:05Z') / 1000, LA)).toBe('2015-01-01 00:00:05');
    expect([shiftedDate('2015-03-01', -1), shiftedDate('2015-12-31', 1)]).toEqual(['2015-02-28', '2016-01-01']);
  });
});

describe('negotiation', () => {
  const wants = (path: string, search: string, accept?: string) =>
    wantsJson({ path, query: new RawQuery(search), headers: accept === undefined ? {} : { accept } });

  it.each([
    ['/builds/try', 'format=json', undefined, true],
    ['/builds/try', 'format=json', 'text/html', true],
    ['/builds/try', 'format=xml', 'application/json', false],
    ['/builds/try', 'format=', 'application/json', false],
    ['/builds/try', 'format=html&format=json', undefined, true],
    ['/builds/try', 'format=json&format=html', undefined, false],
    ['/builds/try', 'format[]=json', undefined, false],
    ['/builds/try', '', 'text/html, application/json;q=0.1', true],
    ['/builds/try', '', '*/*', false],
    ['/builds/try', '', undefined, false],
    ['/builds', 'format=json', 'application/json', false],
    ['/self-serve', '', 'application/json', false],
    ['/pending', '', 'application/json', false],
    ['/pending', 'format=json', undefined, true],
  ])('%s?%s with Accept %s: JSON is %s', (path, search, accept, expected) => {
    expect(wants(path, search, accept)).toBe(expected);
  });
});

describe('fields', () => {
  it('reads JSON texts of the right type, anything else as nothing', () => {
    expect(objectOf('{"a": [1]}')).toEqual({ a: [1] });
    for (const text of [undefined, '', '{', '[]', 'null', '"x"', `${'{"a":'.repeat(200)}1${'}'.repeat(200)}`]) {
      expect(objectOf(text)).toEqual({});
    }
    expect(arrayOf('["a", {}]')).toEqual(['a', {}]);
    for (const text of [undefined, '', '[', '{}', 'null', '['.repeat(100_000)]) expect(arrayOf(text)).toEqual([]);
  });

  it('keeps numbers within what the schema carries', () => {
    expect(jobWindow('99999999999', '99999999999')).toEqual({ first: 0, offset: 0 });
    expect(jobWindow('99999999999', '7')).toEqual({ first: 2 ** 31 - 1, offset: 7 });
    expect(optionalCount('-99999999999')).toBe(-(2 ** 31));
    expect(isoTime(1e300)).toBe('2223-07-06T14:13:20.000Z');
  });
});

describe('spans on pages', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [59, '59 s'],
    [60, '1 min 0 s'],
    [7_265, '2 h 1 min'],
    [86_400 * 3 + 3_700, '3 d 1 h'],
  ])('%i seconds are %s', (span, text) => expect(duration(span)).toBe(text));
});

import { describe, expect, it } from 'vitest';
import { BuildgateError } from '../../../src/core/errors.js';
import { parseExact } from '../../../src/core/json.js';
import { RawQuery } from '../../../src/server/raw-query.js';
import { reportOf, stepOf } from '../../../src/systems/devmason/rest/build-body.js';
import { dateOf, formatDate } from '../../../src/systems/devmason/rest/dates.js';
import { pageOf, shownPage } from '../../../src/systems/devmason/rest/paging.js';
import { slugOf } from '../../../src/systems/devmason/rest/pony-build.js';
import { SLICE, slicesOf } from '../../../src/systems/devmason/rest/slices.js';
import { resolveTagSet } from '../../../src/systems/devmason/rest/tag-sets.js';

describe('datetimes (section 4.10)', () => {
  it.each([
    ['Thu, 1 Oct 2009 01:02:03 +0000', 'Thu, 1 Oct 2009 01:02:03 +0000'],
    ['Mon, 01 Oct 2009 01:02:03 GMT', 'Thu, 1 Oct 2009 01:02:03 +0000'],
    ['20 Oct 09 10:20 -0500', 'Tue, 20 Oct 2009 10:20:00 -0500'],
    ['1 Jan 50 00:00:00 EST', 'Sun, 1 Jan 1950 00:00:00 -0500'],
    ['Sat, 7 Aug 2010 12:03:09 -0000', 'Sat, 7 Aug 2010 12:03:09 +0000'],
    ['2010-08-07T12:03:09', 'Sat, 7 Aug 2010 12:03:09 +0000'],
    ['2010-08-07 12:03', 'Sat, 7 Aug 2010 12:03:00 +0000'],
    ['2010-08-07T23:03:09.999999+05:30', 'Sat, 7 Aug 2010 23:03:09 +0530'],
    ['2010-12-31T23:59:59-1130', 'Fri, 31 Dec 2010 23:59:59 -1130'],
    ['2012-02-29T00:00:00Z', 'Wed, 29 Feb 2012 00:00:00 +0000'],
  ])('%s is shown as %s', (given, shown) => {
    expect(formatDate(dateOf(given)!)).toBe(shown);
  });

  it.each(['yesterday', '2010-02-30T00:00:00', '2010-08-07', '2010-08-07T25:00:00', '1 Foo 2010 00:00:00 +0000', ' '])(
    '%j is none',
    (given) => expect(dateOf(given)).toBeUndefined(),
  );
});

describe('tag sets (section 5.4)', () => {
  const tags = ['python', 'django', 'django-1.1', '1.1', 'two words', 'latest', 'a', 'a-b', 'b-c', 'x-y', 'y', 'two'];

  it.each([
    ['python', ['python']],
    ['django-1.1', ['django-1.1']],
    ['two words', ['two words']],
    ['latest', ['latest']],
    ['python,django', ['python', 'django']],
    ['django; python;', ['django', 'python']],
    ['python django', ['python', 'django']],
    ['python,two words', ['python', 'two words']],
    ['python-django', ['python', 'django']],
    ['python-django-1.1', ['python', 'django-1.1']],
    ['django-1.1-python', ['django-1.1', 'python']],
    // The longest first part would be `a-b`, and `c` is no tag.
    ['a-b-c', ['a', 'b-c']],
    ['x-y-y', ['x-y', 'y']],
    ['python,python-python', ['python']],
    ['y,a-b-c,python', ['y', 'a', 'b-c', 'python']],
  ])('%s means %j', (text, expected) => {
    expect(resolveTagSet(text, tags)).toEqual(expected);
  });

  it.each([
    'nope',
    'python,nope',
    'python-nope',
    'Python',
    'pyth%',
    '',
    ' ',
    ',;',
    '-',
    'python-',
    'b-c-b',
    'two,words',
  ])('%j means nothing', (text) => expect(resolveTagSet(text, tags)).toBeUndefined());

  it('takes no longer for texts that can be cut in very many ways', () => {
    const many = Array.from({ length: 200 }, (_, length) => Array.from({ length: length + 1 }, () => 'a').join('-'));
    const text = `${Array.from({ length: 4000 }, () => 'a').join('-')}-b`;
    expect(resolveTagSet(text, many)).toBeUndefined();
    expect(resolveTagSet(text, [...many, 'b'])?.at(-1)).toBe('b');
  });
});

describe('pages (section 5.1)', () => {
  it.each([
    ['', 1, 25],
    ['per_page=10&page=3', 3, 10],
    ['per_page=%2B10&page=+2+', 2, 10],
    ['per_page=5&per_page=7', 1, 7],
    ['per_page=0', 1, 25],
    ['per_page=-5', 1, 25],
    ['per_page=', 1, 25],
    ['per_page=2.5', 1, 25],
    ['per_page=1e3', 1, 25],
    ['per_page=abc&page=abc', 1, 25],
    ['per_page=1000', 1, 1000],
    ['per_page=1001', 1, 1000],
    ['per_page=99999999999999999999', 1, 1000],
    ['page=0', 1, 25],
    ['page=-1', 1, 25],
    ['page=99999999999999999999999', 1, 25],
  ])('%s asks for page %i of %i', (query, page, perPage) => {
    expect(pageOf(new RawQuery(query))).toEqual({ page, perPage });
  });

  it('shows the first page for one that the list does not have', () => {
    expect(shownPage({ page: 4, perPage: 2 }, 6)).toEqual({ page: 1, perPage: 2, count: 6, pages: 3 });
    expect(shownPage({ page: 3, perPage: 2 }, 6)).toEqual({ page: 3, perPage: 2, count: 6, pages: 3 });
    expect(shownPage({ page: 2, perPage: 2 }, 0)).toEqual({ page: 1, perPage: 2, count: 0, pages: 1 });
  });
});

/** The body of the 400 that reading something ends with. */
function refusalOf(read: () => unknown): unknown {
  try {
    read();
  } catch (error) {
    if (error instanceof BuildgateError && error.code === 'INVALID') return error.details['body'];
    throw error;
  }
  return 'accepted';
}

describe('the fields of a report are checked in order (section 7.3)', () => {
  const client = { host: '', arch: '' };
  const bad = { success: 'no', started: 1, finished: {}, tags: 5, results: 5 };
  const good = { client, success: true };

  it.each([
    ['nothing', null, 'Bad Request'],
    ['a text', 'x', 'Bad Request'],
    ['a list', [good], 'Bad Request'],
    ['no client', bad, "'client'"],
    ['a client that is a text', { ...bad, client: 'h' }, "'client'"],
    ['a client that is null', { ...bad, client: null }, "'client'"],
    ['a client that is a list', { ...bad, client: [] }, "'client'"],
    ['a success that is a text', { ...bad, client: {} }, "'success'"],
    ['no success', { client: {} }, "'success'"],
    ['a success of null', { client: {}, success: null }, "'success'"],
    ['a success of 2', { client: {}, success: 2 }, "'success'"],
    ['a start that is a number', { ...bad, client: {}, success: 1 }, 'unknown string format'],
    ['an end that is an object', { client: {}, success: 0, started: '', finished: {} }, 'unknown string format'],
    ['no host', { ...bad, client: {}, success: 0, started: null, finished: '' }, "'host'"],
    ['a host that is a number', { client: { host: 1 }, success: true }, "'host'"],
    ['no arch', { client: { host: '' }, success: true, tags: 5 }, "'arch'"],
    ['tags that are a number', { ...good, tags: 5, results: 5 }, 'Bad Request'],
    ['a tag that is null', { ...good, tags: ['a', null] }, 'Bad Request'],
    ['steps that are an object', { ...good, results: {} }, 'Bad Request'],
    ['a step that is a text', { ...good, results: ['x'] }, 'Bad Request'],
    ['a step without success', { ...good, results: [{ name: 'n' }] }, "'success'"],
    ['a step with a bad start', { ...good, results: [{ success: true, started: 'x' }] }, 'unknown string format'],
    ['a step without name', { ...good, results: [{ success: true, output: 1 }] }, "'name'"],
    ['a name that is null', { ...good, results: [{ success: true, name: null }] }, "'name'"],
    ['an output that is a number', { ...good, results: [{ success: true, name: '', output: 1 }] }, 'Bad Request'],
    ['an errout that is a list', { ...good, results: [{ success: true, name: '', errout: [] }] }, 'Bad Request'],
    ['all that is needed', good, 'accepted'],
  ])('%s', (_what, body, refusal) => {
    expect(refusalOf(() => reportOf(body))).toBe(refusal);
  });

  it.each([
    [{ ...good, incremental: 1 }, false],
    [{ ...good, incremental: 'true' }, false],
    [{ ...good, incremental: true }, true],
    [{ incremental: true, client, success: 'no', finished: 5, results: 'none' }, true],
  ])('%j is incremental: %s', (body, incremental) => {
    expect(reportOf(body).incremental).toBe(incremental);
  });

  it('wants a client of incremental builds, too, with host and arch, and a right start', () => {
    expect(refusalOf(() => reportOf({ incremental: true }))).toBe("'client'");
    expect(refusalOf(() => reportOf({ incremental: true, client: {}, started: 'x' }))).toBe('unknown string format');
    expect(refusalOf(() => reportOf({ incremental: true, client: {} }))).toBe("'host'");
  });

  it('takes numbers that are kept as they were written for numbers', () => {
    const number = '12345678901234567890123';
    expect(refusalOf(() => reportOf(parseExact(number)))).toBe('Bad Request');
    expect(refusalOf(() => reportOf(parseExact(`{"client": ${number}}`)))).toBe("'client'");
  });

  it('keeps all further keys of a step, whatever their names', () => {
    const text = '{"success": 0, "name": "n", "": 1, "id": 2, "links": [], "client": null, "__proto__": {"x": 3}}';
    const { extra, ...step } = stepOf(JSON.parse(text));
    expect(step).toEqual({ success: false, name: 'n' });
    expect(JSON.stringify(extra)).toBe('{"":1,"id":2,"links":[],"client":null,"__proto__":{"x":3}}');
  });
});

describe('slices', () => {
  const weigh = (steps: number) => ({ steps, bytes: 0 });

  it('hold no more than they may, but for a single thing', () => {
    const most = SLICE.steps;
    expect(slicesOf([1, most - 1, 1, most + 1, 1, most], weigh, 10)).toEqual([
      [1, most - 1],
      [1],
      [most + 1],
      [1],
      [most],
    ]);
    expect(slicesOf([1, 1, 1, 1, 1], weigh, 2)).toEqual([[1, 1], [1, 1], [1]]);
    expect(slicesOf([SLICE.bytes, 1], (bytes) => ({ steps: 1, bytes }), 10)).toEqual([[SLICE.bytes], [1]]);
    expect(slicesOf([], weigh, 2)).toEqual([]);
  });
});

describe('slugs of package names (section 7.8)', () => {
  it.each([
    ['My Project', 'my-project'],
    ['django.contrib.auth', 'django_contrib_auth'],
    ['  Ünïcode -- text ', 'unicode-text'],
    ['a_b-c', 'a_b-c'],
    ['日本', ''],
  ])('%s becomes %s', (name, slug) => expect(slugOf(name)).toBe(slug));
});

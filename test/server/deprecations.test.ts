import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Deprecations } from '../../src/server/deprecations.js';
import { route, text } from './toy-dialect.js';

const handle = () => text('');
const TOY = {
  system: 'toy',
  routes: ['/events/', '/events/{id}', '/users.json'].map((uri) => route('GET', uri, { handle })),
};
const DIALECTS = [TOY, { system: 'other', routes: [route('GET', '/', { handle })] }];

let folder: string;
let file: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'deprecations-'));
  file = join(folder, 'ends.json');
});
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: unknown): Deprecations {
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return Deprecations.read(file, DIALECTS);
}

const ALL = { system: 'toy', route: '*' };

describe('A file of deprecations', () => {
  it('gives a deprecation as a structured date, a sunset as an HTTP date, and links', () => {
    const deprecations = read([
      { ...ALL, deprecation: '2026-01-01', sunset: '2027-06-30T12:30:00+02:00', link: 'https://example.org/bye?x=1' },
    ]);
    expect(deprecations.of(TOY, '/events/')).toEqual([
      ['Deprecation', '@1767225600'],
      ['Sunset', 'Wed, 30 Jun 2027 10:30:00 GMT'],
      ['Link', '<https://example.org/bye?x=1>; rel="deprecation"'],
      ['Link', '<https://example.org/bye?x=1>; rel="sunset"'],
    ]);
  });

  it('is about the routes that a pattern fits, and nothing else', () => {
    const deprecations = read([{ system: 'toy', route: '/events/*', sunset: '2030-01-01' }]);
    const sunset = [['Sunset', 'Tue, 01 Jan 2030 00:00:00 GMT']];
    expect(deprecations.of(TOY, '/events/')).toEqual(sunset);
    expect(deprecations.of(TOY, '/events/{id}')).toEqual(sunset);
    expect(deprecations.of(TOY, '/users.json')).toEqual([]);
    expect(deprecations.of(DIALECTS[1]!, '/')).toEqual([]);
  });

  it('says it of each route once: the first entry that fits counts', () => {
    const deprecations = read([
      { system: 'toy', route: '/events/{id}', deprecation: '2026-01-02' },
      { ...ALL, deprecation: '2026-01-01' },
    ]);
    expect(deprecations.of(TOY, '/events/{id}')).toEqual([['Deprecation', '@1767312000']]);
    expect(deprecations.of(TOY, '/users.json')).toEqual([['Deprecation', '@1767225600']]);
  });

  it.each<[fault: string, content: unknown, message: string | RegExp]>([
    ['no JSON', '[{', /no JSON: ./],
    ['no array', {}, 'must be an array of objects.'],
    ['no object', [1], '[0]: must be an object.'],
    [
      'an unknown member',
      [{ ...ALL, date: '' }],
      '[0].date: is no member; there are system, route, deprecation, sunset, link.',
    ],
    ['a number', [{ ...ALL, sunset: 1 }], '[0].sunset: must be a text.'],
    ['no system', [{ route: '*', sunset: '2030-01-01' }], '[0].system: is missing.'],
    [
      'another system',
      [{ system: 'x', route: '*', sunset: '2030-01-01' }],
      '[0].system: there is no "x"; there are toy, other.',
    ],
    ['no route', [{ system: 'toy', sunset: '2030-01-01' }], '[0].route: is missing.'],
    [
      'another route',
      [{ system: 'toy', route: '/usersXjson', sunset: '2030-01-01' }],
      '[0].route: toy has no route "/usersXjson".',
    ],
    [
      'an entry that can never count',
      [
        { ...ALL, sunset: '2030-01-01' },
        { ...ALL, route: '/events/', sunset: '2031-01-01' },
      ],
      '[1].route: earlier entries say it all; put this one in front of them.',
    ],
    ['no date at all', [ALL], '[0].deprecation: is missing, and so is sunset; give at least one.'],
    [
      'no day of the calendar',
      [{ ...ALL, deprecation: '2026-02-30' }],
      '[0].deprecation: "2026-02-30" is no date such as 2027-06-30 or 2027-06-30T12:00:00Z.',
    ],
    [
      'an end before the deprecation',
      [{ ...ALL, deprecation: '2026-02-02', sunset: '2026-02-01' }],
      '[0].sunset: must not be before the deprecation.',
    ],
    [
      'a link to nowhere',
      [{ ...ALL, sunset: '2026-02-02', link: 'javascript:alert(1)' }],
      '[0].link: "javascript:alert(1)" is no http or https URL.',
    ],
  ])('is refused with %s', (_fault, content, message) => {
    const expected = typeof message === 'string' ? `BUILDGATE_DEPRECATIONS: ${file}: ${message}` : message;
    expect(() => read(content)).toThrow(expected);
  });

  it('must be there', () => {
    expect(() => Deprecations.read(join(folder, 'none.json'), DIALECTS)).toThrow(/ENOENT/);
  });
});

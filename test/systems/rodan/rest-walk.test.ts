import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTIONS } from '../../../src/systems/rodan/rest/collections.js';
import { compareValues, Fields, kindOf, matches, TIMES, type Kind, type Row, type Value } from './rest-model.js';
import { RodanReader } from './rest-support.js';
import { makeWorld } from './rest-world.js';

const LISTS = Object.keys(COLLECTIONS).filter((name) => name !== 'users');
const LOOKUPS = ['exact', 'icontains', 'contains', 'startswith', 'lt', 'gt', 'lte', 'isnull', 'in', 'range', 'x'];

let server: RodanReader;
let lists: Record<string, Row[]>;
let fields: Fields;

beforeAll(async () => {
  server = await RodanReader.start();
  await makeWorld(server);
  const read = LISTS.map(async (name) => [name, (await server.get(`/${name}/?page_size=100`)).json.results] as const);
  lists = Object.fromEntries(await Promise.all(read));
  fields = new Fields(lists, { sue: 1, mia: 2, ned: 10 });
});

afterAll(() => server.close());

interface Described {
  readonly filter_fields: Readonly<Record<string, readonly string[]>>;
  readonly ordering_fields: readonly string[];
}

async function described(list: string): Promise<Described> {
  return (await server.send('OPTIONS', `/${list}/`, 'sue')).json;
}

/** Ids of the rows that a query gives, whole and in its order. */
async function idsOf(list: string, query: Readonly<Record<string, string>>): Promise<string[]> {
  const reply = await server.get(`/${list}/?${new URLSearchParams({ ...query, page_size: '100' })}`);
  expect([query, reply.status]).toEqual([query, 200]);
  expect(reply.json.count).toBe(reply.json.results.length);
  return reply.json.results.map(({ uuid }: Row) => uuid);
}

const BAD = '00000000-0000-4000-8000-000000000000';
/** Values that are hard for a kind of field, besides those of the rows. */
const HARD: Readonly<Record<Kind, readonly string[]>> = {
  text: ['', '%', '_', '\\', '*', 'a_p', 'Alpha', 'ALPHA ', 'strasse', 'ΑΣ', '\0', "' OR 1=1 --"],
  number: ['', '1', '1.0', '1.5', '-0.5', '1e0', '1e400', '-1e400', '.5', 'abc', '0x1', ' 2 ', '99999999999999999999'],
  status: ['', '4', '-1', '4.0', ' 4', '04', '99', 'abc', '+4'],
  boolean: ['', 'True', 'true', 'FALSE', '2', '3', '1', '0', 'yes', 't'],
  time: ['', ...Object.keys(TIMES), 'abc', '2016-13-01', '2016-02-30', '01.02.2016', '2016-02-01T25:00:00Z', '0'],
  link: ['', BAD, 'abc', 'null', '1', `${BAD},${BAD}`, `/project/${BAD}/`],
  user: ['', '2', '10', '99', 'mia', '1.0', '99999999999999999999'],
  digits: ['', BAD, BAD.replaceAll('-', ''), 'b000000100004000800000000000002a', 'abc'],
};

/** What is asked for: the hard values, and some of those that the rows have, written as filters write them. */
function wantedOf(kind: Kind, lookup: string, values: readonly Value[]): string[] {
  if (lookup === 'isnull') return [...HARD.boolean];
  if (kind === 'time') return [...HARD.time];
  const present = [...new Set(values.filter((value) => value !== null).map(String))];
  const some = present.filter((_value, index) => index % Math.ceil(present.length / 5) === 0);
  if (kind === 'text' && lookup === 'icontains') return [...HARD.text, ...some.map((text) => text.toLowerCase())];
  if (kind !== 'link') return [...HARD[kind], ...some];
  const spelled = some.flatMap((uuid) => [uuid, uuid.toUpperCase()]).slice(0, 4);
  return [...HARD.link, ...spelled, ...(lookup === 'in' ? [some.join(','), `${some[0]},abc`] : [])];
}

describe.each(LISTS)('What OPTIONS of %s lists works', (list) => {
  it('every filter with every lookup finds what it means, and nothing else', async () => {
    const rows = lists[list]!;
    expect(rows.length).toBeGreaterThan(3);
    const { filter_fields: filters } = await described(list);
    for (const [field, lookups] of Object.entries(filters)) {
      const values = rows.map((row) => fields.value(list, field, row));
      const kind = kindOf(field);
      for (const lookup of lookups) {
        for (const wanted of wantedOf(kind, lookup, values)) {
          const meant = values.map((value) => matches(kind, lookup, value, wanted));
          const expected = rows.filter((_row, index) => meant[index] !== false).map(({ uuid }) => uuid);
          const names = lookup === 'exact' ? [field, `${field}__exact`] : [`${field}__${lookup}`];
          for (const name of names)
            expect([name, wanted, await idsOf(list, { [name]: wanted })]).toEqual([name, wanted, expected]);
        }
      }
    }
  });

  it('every lookup that is not listed is ignored, and so is every other name', async () => {
    const all = lists[list]!.map(({ uuid }) => uuid);
    const { filter_fields: filters, ordering_fields: orders } = await described(list);
    const named = Object.entries(filters).flatMap(([field, lookups]) =>
      LOOKUPS.filter((lookup) => !lookups.includes(lookup)).map((lookup) => `${field}__${lookup}`),
    );
    const bare = Object.entries(filters).flatMap(([field, lookups]) => (lookups.includes('exact') ? [] : [field]));
    const shown = Object.keys(lists[list]![0]!).filter((field) => !(field in filters));
    const others = ['id', 'pk', '__proto__', 'constructor', 'name__name', 'created__year', 'ordering__exact'];
    // One request for all of them: each is enough to find nothing.
    const ignored = [...named, ...bare, ...shown, ...others].filter((name) => !(name in filters));
    expect(await idsOf(list, Object.fromEntries(ignored.map((name) => [name, 'zzz'])))).toEqual(all);
    expect(orders.length).toBeGreaterThan(2);
  });

  it('every order works in both directions and together with another one', async () => {
    const rows = new Map(lists[list]!.map((row) => [row['uuid'] as string, row]));
    const { ordering_fields: orders } = await described(list);
    const pairs = orders.map((field, index) => [field, orders[(index + 1) % orders.length]!]);
    const terms = [
      ...orders.flatMap((field) => [[field], [`-${field}`]]),
      ...pairs,
      ...pairs.map(([a, b]) => [`-${a}`, b!]),
    ];
    for (const keys of terms) {
      const ordered = await idsOf(list, { ordering: keys.join(' , ') });
      expect(new Set(ordered)).toEqual(new Set(rows.keys()));
      const values = ordered.map((uuid) =>
        keys.map((key) => fields.value(list, key.replace('-', ''), rows.get(uuid)!)),
      );
      const wrong = values.slice(1).filter((value, index) => compareKeys(keys, values[index]!, value) > 0);
      expect([keys, wrong]).toEqual([keys, []]);
    }
  });

  it('what is no order is dropped, and the order of the list applies', async () => {
    const all = lists[list]!.map(({ uuid }) => uuid);
    const { ordering_fields: orders } = await described(list);
    const shown = Object.keys(lists[list]![0]!).filter((field) => !orders.includes(field));
    for (const dropped of ['nope', `--${orders[0]}`, `${orders[0]}__x`, '', ',', '-', '__proto__', 'id', ...shown]) {
      expect([dropped, await idsOf(list, { ordering: dropped })]).toEqual([dropped, all]);
      const beside = await idsOf(list, { ordering: `${dropped}, -uuid` });
      expect([dropped, beside]).toEqual([dropped, all.toSorted().toReversed()]);
    }
  });

  it('pages of any order do not overlap, and hold everything', async () => {
    const { ordering_fields: orders } = await described(list);
    for (const ordering of ['', ...orders, `-${orders[0]}`]) {
      const whole = await idsOf(list, { ordering });
      const pages: string[] = [];
      for (let page = 1; page <= Math.ceil(whole.length / 4); page += 1) {
        const { json } = await server.get(`/${list}/?page_size=4&page=${page}&ordering=${ordering}`);
        pages.push(...json.results.map(({ uuid }: Row) => uuid));
      }
      expect(pages).toEqual(whole);
    }
  });
});

function compareKeys(keys: readonly string[], one: readonly Value[], other: readonly Value[]): number {
  for (const [index, key] of keys.entries()) {
    const order = compareValues(one[index]!, other[index]!);
    if (order !== 0) return key.startsWith('-') ? -order : order;
  }
  return 0;
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FilterField, RecordList } from '../../../src/core/list/fields.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import { matchesRecord } from '../../../src/core/list/matches.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS } from '../../../src/core/list/records.js';
import { State, System } from '../../../src/core/model/states.js';
import { createWorld, ownStore, TEXTS, type OwnStore, type World } from '../world.js';
import { modelIds, operatorsOf } from './model.js';

const LIMITS = { defaultSize: 25, maxSize: 1000 };
const BY_ID: readonly OrderInput[] = [{ field: 'LEGACY_ID' }];

let own: OwnStore;
let world: World;

beforeAll(async () => {
  own = await ownStore();
  world = await createWorld(own.store, 66);
});
afterAll(() => own.close());

/** Ids that the engine finds, which must be as many as it counts. */
async function listed(list: RecordList, filter: FilterInput): Promise<number[]> {
  const page = new RecordPage(own.store.reader, list, { filter, first: 1000 }, LIMITS, BY_ID);
  const ids = (await page.rows()).rows.map(({ id }) => id);
  expect(await page.total()).toBe(ids.length);
  return ids;
}

async function expectModel(list: RecordList, filter: FilterInput): Promise<number> {
  const ids = await listed(list, filter);
  expect(ids, JSON.stringify(filter)).toEqual(modelIds(world, list, filter, BY_ID));
  return ids.length;
}

/** Every field of a list that holds a value of its own, with the filter around its operators. */
function valueFields(list: RecordList): [string, FilterField, (operators: object) => FilterInput][] {
  const own = Object.entries(list.fields).map(([name, field]) => [name, field, (inner: object) => ({ [name]: inner })]);
  const groups = Object.entries(list.groups).flatMap(([group, { fields }]) =>
    Object.entries(fields).map(([name, field]) => [name, field, (inner: object) => ({ [group]: { [name]: inner } })]),
  );
  return [...own, ...groups].filter(([, field]) => !('references' in (field as object))) as never;
}

/** Values that the field has, and some that it has not. */
function operandsOf(list: RecordList, field: FilterField): unknown[] {
  if ('lookupColumn' in field) return ['p%', 'P_', "p'\\", 'p', ''];
  const { column } = field;
  const present = new Set(world[list.table as 'event'].map((row) => row[column] ?? null));
  present.delete(null);
  const some = [...present].slice(0, 6);
  if (!('type' in field) || field.type === 'boolean' || field.type === 'enum') return some;
  return field.type === 'text' ? [...some, '', 'no such'] : [...some, 0, -1, Number.MAX_SAFE_INTEGER];
}

describe.each([
  ['events', EVENTS],
  ['builds', BUILDS],
])('A filter of %s', (_, list) => {
  it.each(valueFields(list))(
    'by %s finds what each of its operators means, null included',
    async (_name, field, around) => {
      const operators = operatorsOf('type' in field ? field.type : 'text');
      for (const operand of operandsOf(list, field)) {
        for (const operator of operators) {
          const inner = { [operator]: operator === 'in' || operator === 'notIn' ? [operand] : operand };
          const found = await expectModel(list, around(inner));
          const others = await expectModel(list, { not: around(inner) });
          expect(found + others).toBe(66);
        }
      }
      for (const isNull of [true, false]) await expectModel(list, around({ isNull }));
    },
  );
});

describe('Operators on text', () => {
  const operators = operatorsOf('text').filter((operator) => !['in', 'notIn'].includes(operator));

  it.each(operators)('%s takes every character literally and compares by code point', async (operator) => {
    for (const operand of [
      ...TEXTS,
      '',
      '%',
      '_',
      '\\',
      "'",
      'ss',
      'ß',
      'ẞ',
      'i',
      'İ',
      'Ä',
      'Σ',
      'ς',
      'ο',
      '\uD7FFb',
    ]) {
      await expectModel(EVENTS, { name: { [operator]: operand } });
    }
  });

  it('in and notIn take every character literally', async () => {
    for (const text of TEXTS) {
      await expectModel(EVENTS, { name: { in: [text, 'no such'] } });
      await expectModel(EVENTS, { name: { notIn: [text, 'no such'] } });
    }
  });

  it('icontains finds what contains finds, also where a word ends in sigma', async () => {
    expect(await expectModel(EVENTS, { name: { icontains: 'ΑΣ' } })).toBe(
      world.event.filter(({ name }) => ['ΑΣ', 'ΑΣΑ', 'ας'].includes(String(name))).length,
    );
  });

  it.each(operatorsOf('text'))(
    '%s has a known outcome for an operand with NUL, which no column holds',
    async (operator) => {
      for (const text of ['\0', 'alpha\0', '\0alpha', 'alp\0ha', 'b\0b']) {
        const operand = operator === 'in' || operator === 'notIn' ? [text, 'b'] : text;
        await expectModel(EVENTS, { name: { [operator]: operand } });
        await expectModel(EVENTS, { project: { [operator]: operand } });
      }
    },
  );
});

describe('Filters combined', () => {
  const state = { state: { in: [State.QUEUED, State.FAILED] } };
  const requester = { requester: { eq: 'kate' } };
  const dryRun = { freshmaker: { dryRun: { eq: true }, eventTypeId: { gte: 9 } } };

  it.each<[string, FilterInput]>([
    ['fields', { ...state, ...requester }],
    ['operators of one field', { name: { gte: 'a', lt: 'b', ne: 'alpha' } }],
    ['and', { and: [state, requester] }],
    ['or', { or: [state, requester, dryRun] }],
    ['or beside a field', { ...requester, or: [state, dryRun] }],
    ['not', { not: { ...state, ...requester } }],
    ['not of or', { not: { or: [requester, dryRun] } }],
    ['not of not', { not: { not: requester } }],
    ['and of or', { and: [{ or: [state, requester] }, { or: [dryRun, { system: { eq: System.KERNELCI } }] }] }],
    ['and of nothing', { and: [] }],
    ['or of nothing', { or: [] }],
    ['or of everything', { or: [{}, requester] }],
    ['not of everything', { not: {} }],
    ['in of nothing', { state: { in: [] } }],
    ['notIn of nothing', { requester: { notIn: [] } }],
    ['in of nothing in text', { requester: { in: [] } }],
    ['a project that is not', { project: { eq: 'no such' } }],
    ['no project', { project: { isNull: true } }],
    ['a project and none', { project: { eq: 'p%', isNull: true } }],
  ])('by %s mean what they say', async (_, filter) => {
    await expectModel(EVENTS, filter);
  });

  it.each<[string, FilterInput]>([
    ['the event', { event: requester }],
    ['not the event', { not: { event: requester } }],
    ['an event of no project', { event: { project: { isNull: true } } }],
    ['the build it depends on', { freshmaker: { dependsOn: { name: { startsWith: 'a' } } } }],
    ['the event of the build that it depends on', { freshmaker: { dependsOn: { event: dryRun } } }],
    [
      'a chain of builds',
      { freshmaker: { dependsOn: { freshmaker: { dependsOn: { state: { ne: State.PLANNED } } } } } },
    ],
    ['two relations', { event: { not: requester }, freshmaker: { dependsOn: { or: [requester, state] } } }],
  ])('by %s follow the relation', async (_, filter) => {
    await expectModel(BUILDS, filter);
  });

  it('say of one record what they say of the list', async () => {
    const filter = { or: [requester, dryRun] };
    const ids = modelIds(world, EVENTS, filter, BY_ID);
    for (const { id } of world.event) {
      expect(await matchesRecord(own.store.reader, EVENTS, id as number, filter)).toBe(ids.includes(id as number));
    }
    expect(await matchesRecord(own.store.reader, EVENTS, 1, filter)).toBe(false);
  });
});

describe('A filter is refused', () => {
  const refused = (filter: FilterInput) => () => new RecordPage(own.store.reader, BUILDS, { filter }, LIMITS, BY_ID);
  const nested = (depth: number): FilterInput => (depth === 0 ? { name: { eq: 'b' } } : { not: nested(depth - 1) });
  const wide = (count: number): FilterInput => ({ or: Array.from({ length: count }, () => ({ name: { eq: 'b' } })) });

  it.each<[FilterInput, string]>([
    [{ name: { eq: null } }, 'filter.name.eq: null is not a value here; use isNull.'],
    [{ name: { startsWith: null } }, 'filter.name.startsWith: null is not a value here; use isNull.'],
    [{ state: { in: [1, null] } }, 'filter.state.in: null is not a value here; use isNull.'],
    [{ state: { in: null } }, 'filter.state.in: null is not a value here; use isNull.'],
    [{ name: { isNull: null } }, 'filter.name.isNull: null is not a value here; use isNull.'],
    [{ project: { isNull: null } }, 'filter.project.isNull: must be true or false.'],
    [{ project: { ne: null } }, 'filter.project.ne: null is not a value here; use isNull.'],
    [
      { event: { freshmaker: { dryRun: { eq: null } } } },
      'filter.event.freshmaker.dryRun.eq: null is not a value here; use isNull.',
    ],
    [
      { or: [{}, { not: { submittedAt: { lt: null } } }] },
      'filter.or[1].not.submittedAt.lt: null is not a value here; use isNull.',
    ],
  ])('for the null in %j, naming its place', (filter, message) => {
    expect(refused(filter)).toThrow(expect.objectContaining({ code: 'INVALID', message }));
  });

  it.each<[string, FilterInput, FilterInput]>([
    ['more than 200 conditions', wide(200), wide(201)],
    ['more than 12 levels', nested(12), nested(13)],
    [
      'more than 10000 values',
      { id: {}, legacyId: { in: Array(10_000).fill('b') } },
      { legacyId: { in: Array(10_001).fill('b') } },
    ],
  ])('as too expensive with %s', async (_, within, beyond) => {
    await expect(refused(within)().total()).resolves.toBeTypeOf('number');
    expect(refused(beyond)).toThrow(expect.objectContaining({ code: 'TOO_EXPENSIVE' }));
  });

  it('reads no row for that', () => {
    own.statements.length = 0;
    expect(refused({ name: { eq: null } })).toThrow();
    expect(own.statements).toEqual([]);
  });
});

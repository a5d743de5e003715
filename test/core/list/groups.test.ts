import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { distinctValues } from '../../../src/core/list/distinct.js';
import type { ColumnField, FilterField, RecordList } from '../../../src/core/list/fields.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import { firstOfGroups } from '../../../src/core/list/groups.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type RecordRow } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS } from '../../../src/core/list/records.js';
import { State, System } from '../../../src/core/model/states.js';
import type { SqlValue } from '../../../src/core/store/sql.js';
import { createWorld, ownStore, type OwnStore, type Row, type Tables } from '../world.js';
import { createDocuments, DOCUMENTS } from './documents.js';
import { inOrder, matches, valueOf } from './model.js';

let own: OwnStore;
let tables: Tables;

beforeAll(async () => {
  own = await ownStore();
  tables = { ...(await createWorld(own.store, 66)), ...(await createDocuments(own.store, 60)) };
});
afterAll(() => own.close());

/** A field by its name, and the filter that says its records are its system's. */
function declared(list: RecordList, name: string): [FilterField, FilterInput] {
  const [group = '', member] = name.split('.');
  if (member === undefined) return [list.fields[group]!, {}];
  return [list.groups[group]!.fields[member]!, { system: { eq: list.groups[group]!.system } }];
}

function modelValue(list: RecordList, name: string, row: Row): SqlValue {
  const [field] = declared(list, name);
  if (!('lookupColumn' in field)) return valueOf(row, field as ColumnField);
  return (tables[field.table]!.find(({ id }) => id === row[field.column])?.[field.lookupColumn] ?? null) as SqlValue;
}

function matching(list: RecordList, names: readonly string[], filter: FilterInput): Row[] {
  const conditions = [filter, ...names.map((name) => declared(list, name)[1])];
  return tables[list.table]!.filter((row) => conditions.every((condition) => matches(tables, list, row, condition)));
}

const FILTERS: FilterInput[] = [
  {},
  { system: { eq: System.FRESHMAKER } },
  { system: { eq: System.DEVMASON } },
  { system: { eq: System.KERNELCI }, state: { in: [State.FAILED, State.RUNNING] } },
  { project: { isNull: false }, name: { startsWith: 'a' } },
  { requester: { isNull: false } },
  { project: { isNull: true } },
];
const DOCUMENT_FILTERS: FilterInput[] = [
  {},
  { job: { eq: 'next' } },
  { plan: { isNull: false }, private: { ne: true } },
];
const NAMES = ['name', 'project', 'requester', 'state', 'legacyId', 'startedAt'];

function cases(): [string, RecordList, string, FilterInput][] {
  const lists: [RecordList, string[], FilterInput[]][] = [
    [EVENTS, [...NAMES, 'freshmaker.searchKey', 'freshmaker.eventTypeId', 'freshmaker.dryRun'], FILTERS],
    [BUILDS, [...NAMES, 'submittedAt', 'freshmaker.originalNvr'], FILTERS],
    [DOCUMENTS, Object.keys(DOCUMENTS.fields), DOCUMENT_FILTERS],
  ];
  return lists.flatMap(([list, names, filters]) =>
    names.flatMap((name) =>
      filters.map((filter): [string, RecordList, string, FilterInput] => [list.table, list, name, filter]),
    ),
  );
}

/** Values as text, in an order of their own: a set. */
const asSet = (values: readonly unknown[]): string[] => values.map((value) => JSON.stringify(value)).toSorted();

describe('Distinct values are those of the matching records, null among them, each once', () => {
  it.each(cases())('of %s', async (_, list, name, filter) => {
    own.statements.length = 0;
    const values = await distinctValues(own.store.reader, list, name, filter);
    expect(own.statements.length).toBeLessThanOrEqual(2);
    const expected = new Set(matching(list, [name], filter).map((row) => modelValue(list, name, row)));
    expect({ name, filter, values: asSet(values) }).toEqual({ name, filter, values: asSet([...expected]) });
  });

  it('come in ascending order, null last', async () => {
    expect(await distinctValues(own.store.reader, EVENTS, 'requester', null)).toEqual(['Kate', 'root', null]);
    expect(await distinctValues(own.store.reader, DOCUMENTS, 'private', null)).toEqual([false, true, null]);
    expect(await distinctValues(own.store.reader, DOCUMENTS, 'time', { job: { eq: 'next' } })).toEqual([
      -2.25,
      1e300,
      null,
    ]);
  });

  it('are refused for a bad filter before anything is read', async () => {
    own.statements.length = 0;
    await expect(distinctValues(own.store.reader, EVENTS, 'name', { name: { eq: null } })).rejects.toMatchObject({
      code: 'INVALID',
    });
    expect(own.statements).toEqual([]);
  });
});

const ORDERS: OrderInput[][] = [
  [{ field: 'LEGACY_ID' }],
  [{ field: 'CREATED_AT', direction: 'DESC', nulls: 'LAST' }, { field: 'LEGACY_ID' }],
  [
    { field: 'NAME', direction: 'DESC' },
    { field: 'STARTED_AT', nulls: 'FIRST' },
  ],
];
const DOCUMENT_ORDERS: OrderInput[][] = [
  [{ field: 'PLAN', nulls: 'FIRST' }, { field: 'LEGACY_ID' }],
  [{ field: 'TIME', direction: 'DESC', nulls: 'LAST' }, { field: 'LEGACY_ID' }],
];

function modelFirsts(
  list: RecordList,
  by: readonly string[],
  filter: FilterInput,
  order: readonly OrderInput[],
): unknown[] {
  const groups = new Set<string>();
  const firsts = inOrder(list, matching(list, by, filter), order).filter((row) => {
    const key = JSON.stringify(by.map((name) => modelValue(list, name, row)));
    return !groups.has(key) && groups.add(key);
  });
  return firsts.map(({ id }) => id);
}

describe('The first record of each group', () => {
  const lists: [string, RecordList, string[][], FilterInput[], OrderInput[][]][] = [
    [
      'events',
      EVENTS,
      [['project'], ['requester'], ['name'], ['state', 'project'], ['freshmaker.searchKey', 'state']],
      FILTERS,
      ORDERS,
    ],
    [
      'documents',
      DOCUMENTS,
      [['plan'], ['job', 'kernel'], ['private'], ['index', 'job']],
      DOCUMENT_FILTERS,
      DOCUMENT_ORDERS,
    ],
  ];

  it.each(lists)(
    'of %s is the first of the filtered list, groups in the order of their first',
    async (_, list, groups, filters, orders) => {
      for (const by of groups) {
        for (const filter of filters) {
          for (const orderBy of orders) {
            const expected = modelFirsts(list, by, filter, orderBy);
            for (const first of [null, 2, 0, 1000]) {
              const rows = await firstOfGroups(own.store.reader, list, by, { filter, orderBy, first });
              const found = rows.map(({ id }) => id);
              expect({ by, filter, orderBy, found }).toEqual({
                by,
                filter,
                orderBy,
                found: expected.slice(0, first ?? 1000),
              });
            }
          }
        }
      }
    },
  );

  it('is a row like those of a page, and takes one statement', async () => {
    const orderBy: OrderInput[] = [{ field: 'LEGACY_ID' }];
    for (const by of [['project'], ['state', 'requester']]) {
      own.statements.length = 0;
      const [row] = await firstOfGroups<RecordRow>(own.store.reader, EVENTS, by, { orderBy, first: 1 });
      expect(own.statements).toHaveLength(1);
      const filter = { legacyId: { eq: row!.legacyId }, system: { eq: row!.system } };
      const page = new RecordPage<RecordRow>(
        own.store.reader,
        EVENTS,
        { filter },
        { defaultSize: 2, maxSize: 2 },
        orderBy,
      );
      // The page is of one system, and leaves out what only other systems' records have.
      const shared = (await page.rows()).rows.map((onPage) =>
        Object.fromEntries(Object.entries(onPage).filter(([property]) => property in row!)),
      );
      expect([row]).toEqual(shared.map((columns) => expect.objectContaining(columns)));
    }
  });

  it.each([
    [{ orderBy: [], first: -1 }, 'INVALID', 'first: must not be negative.'],
    [{ orderBy: [{ field: 'NO_SUCH' }], first: 1 }, 'INVALID', 'orderBy: this list has no order NO_SUCH.'],
    [
      { orderBy: [], first: null, filter: { name: { in: [null] } } },
      'INVALID',
      'filter.name.in: null is not a value here; use isNull.',
    ],
  ])('is refused for %j', async (args, code, message) => {
    await expect(firstOfGroups(own.store.reader, EVENTS, ['name'], args)).rejects.toMatchObject({ code, message });
  });
});

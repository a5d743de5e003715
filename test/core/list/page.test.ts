import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { recordId } from '../../../src/core/ids.js';
import { RecordList, type OrderField } from '../../../src/core/list/fields.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type PageArguments, type PageRows, type RecordRow } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS, PROJECTS } from '../../../src/core/list/records.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import { createWorld, insertRows, ownStore, type OwnStore, type World } from '../world.js';
import { cursorsOf } from './cursors.js';
import { modelIds } from './model.js';

const LIMITS = { defaultSize: 25, maxSize: 100 };
const NEWEST: readonly OrderInput[] = [{ field: 'CREATED_AT', direction: 'DESC' }];
const SIZE = 61;
const PAGE = 7;

let own: OwnStore;
let world: World;

beforeAll(async () => {
  own = await ownStore();
  world = await createWorld(own.store, SIZE);
});
afterAll(() => own.close());

function read(list: RecordList, args: PageArguments): Promise<PageRows<RecordRow>> {
  return new RecordPage<RecordRow>(own.store.reader, list, args, LIMITS, NEWEST).rows();
}

const ids = ({ rows }: PageRows<RecordRow>): number[] => rows.map(({ id }) => id);

/** Every order of a list of all systems by one key and both directions, and some of several keys. */
function ordersOf(list: RecordList, several: [string, string][][]): [string, OrderInput[]][] {
  const shared = Object.keys(list.orders).filter((key) => list.orders[key]?.only === undefined);
  const single = shared.flatMap((key) => [[[key, 'ASC']], [[key, 'DESC']]]) as [string, string][][];
  return [...single, ...several].map((keys) => [
    keys.map((key) => key.join(' ')).join(', '),
    keys.map(([field, direction]) => ({ field, direction }) as OrderInput),
  ]);
}

const EVENT_ORDERS = ordersOf(EVENTS, [
  [
    ['STATE', 'ASC'],
    ['CREATED_AT', 'DESC'],
  ],
  [
    ['CREATED_AT', 'ASC'],
    ['FINISHED_AT', 'ASC'],
    ['NAME', 'DESC'],
  ],
  [
    ['STARTED_AT', 'DESC'],
    ['FINISHED_AT', 'DESC'],
  ],
  [
    ['NAME', 'DESC'],
    ['LEGACY_ID', 'ASC'],
  ],
  [
    ['STATE', 'DESC'],
    ['STATE', 'ASC'],
    ['NAME', 'DESC'],
  ],
]);
const BUILD_ORDERS = ordersOf(BUILDS, [
  [
    ['EVENT', 'DESC'],
    ['FRESHMAKER_DEPENDS_ON', 'ASC'],
  ],
]);
const ALL_ORDERS = [
  ...EVENT_ORDERS.map(([title, order]) => ['events', title, EVENTS, order] as const),
  ...BUILD_ORDERS.map(([title, order]) => ['builds', title, BUILDS, order] as const),
];

it('An order that only one system has lists and counts the records of that system', async () => {
  const build = world.build[0]!;
  await own.store.transact(ANONYMOUS, async (transaction) => {
    const id = recordId(System.DEVMASON, 1);
    const row = { ...build, id, system: System.DEVMASON, legacy_id: 'a/1', devmason_finished_order: 1 };
    await insertRows(transaction, 'build', [row]);
  });
  try {
    for (const filter of [null, { name: { eq: build['name'] } }]) {
      const args = { orderBy: [{ field: 'DEVMASON_FINISHED' }], filter };
      const page = new RecordPage<RecordRow>(own.store.reader, BUILDS, args, LIMITS, NEWEST);
      expect([ids(await page.rows()), await page.total()]).toEqual([[recordId(System.DEVMASON, 1)], 1]);
    }
  } finally {
    await own.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`DELETE FROM build WHERE system = ${System.DEVMASON}`),
    );
  }
});

it('An order of a system that would have nulls which it does not declare is refused when it is added', () => {
  const list = new RecordList(Kind.BUILD, 'build', { columns: {}, fields: {}, orders: {} });
  const order = { column: 'devmason_size', type: 'integer', nullable: false, description: 'Bytes.' } as const;
  const extended = (added: OrderField) => () =>
    list.extend('devmason', { columns: {}, fields: {}, orders: { SIZE: added } });
  expect(extended(order)).toThrow('devmason orders build by SIZE, which other systems');
  expect(list.orders).toEqual({});
  for (const sound of [
    { ...order, nullable: true },
    { ...order, only: System.DEVMASON },
  ]) {
    expect(extended(sound)).not.toThrow();
  }
});

describe('Pages of a list in every order hold each row once, in the order of the model', () => {
  it.each(ALL_ORDERS)('%s by %s, forwards', async (_, _title, list, orderBy) => {
    const expected = modelIds(world, list, {}, orderBy);
    const seen: number[] = [];
    for (let after: string | null = null, more = true; more;) {
      const page = await read(list, { orderBy, first: PAGE, after });
      expect(page.hasPreviousPage).toBe(after !== null);
      seen.push(...ids(page));
      expect(page.hasNextPage).toBe(seen.length < SIZE);
      after = cursorsOf(page).at(-1) ?? null;
      more = page.hasNextPage;
    }
    expect(seen).toEqual(expected);
  });

  it.each(ALL_ORDERS)('%s by %s, backwards', async (_, _title, list, orderBy) => {
    const expected = modelIds(world, list, {}, orderBy);
    const seen: number[] = [];
    for (let before: string | null = null, more = true; more;) {
      const page = await read(list, { orderBy, last: PAGE, before });
      expect(page.hasNextPage).toBe(before !== null);
      seen.unshift(...ids(page));
      expect(page.hasPreviousPage).toBe(seen.length < SIZE);
      before = cursorsOf(page)[0] ?? null;
      more = page.hasPreviousPage;
    }
    expect(seen).toEqual(expected);
  });

  it.each(ALL_ORDERS)('%s by %s, by offset', async (_, _title, list, orderBy) => {
    const expected = modelIds(world, list, {}, orderBy);
    for (let offset = 0; offset < SIZE; offset += PAGE) {
      const page = await read(list, { orderBy, first: PAGE, offset });
      expect(ids(page)).toEqual(expected.slice(offset, offset + PAGE));
      expect([page.hasPreviousPage, page.hasNextPage]).toEqual([offset > 0, offset + PAGE < SIZE]);
    }
  });
});

describe('A page', () => {
  const filter: FilterInput = { state: { ne: State.FAILED }, name: { gt: 'a' } };

  it('of a filtered list walks what matches', async () => {
    const expected = modelIds(world, EVENTS, filter, NEWEST);
    const head = await read(EVENTS, { filter, first: 5 });
    const rest = await read(EVENTS, { filter, first: 100, after: cursorsOf(head)[4]! });
    expect([...ids(head), ...ids(rest)]).toEqual(expected);
  });

  it('between two cursors excludes both and knows that rows lie on both sides', async () => {
    const whole = await read(EVENTS, { first: 20 });
    const bounds = { after: cursorsOf(whole)[3]!, before: cursorsOf(whole)[9]! };
    for (const size of [{ first: 100 }, { last: 100 }]) {
      const between = await read(EVENTS, { ...bounds, ...size });
      expect(ids(between)).toEqual(ids(whole).slice(4, 9));
      expect([between.hasPreviousPage, between.hasNextPage]).toEqual([true, true]);
    }
    expect(ids(await read(EVENTS, { ...bounds, last: 2 }))).toEqual(ids(whole).slice(7, 9));
    expect(ids(await read(EVENTS, { ...bounds, first: 2 }))).toEqual(ids(whole).slice(4, 6));
    expect(ids(await read(EVENTS, { after: bounds.before, before: bounds.after, first: 5 }))).toEqual([]);
  });

  it('has 25 rows by default and none when none are asked for', async () => {
    const expected = modelIds(world, EVENTS, {}, NEWEST);
    expect(ids(await read(EVENTS, {}))).toEqual(expected.slice(0, 25));
    expect(ids(await read(EVENTS, { first: null, after: null, orderBy: [], filter: null }))).toEqual(
      expected.slice(0, 25),
    );
    expect(ids(await read(EVENTS, { first: 0 }))).toEqual([]);
    expect(ids(await read(EVENTS, { last: 0 }))).toEqual([]);
  });

  it('behind the end is empty', async () => {
    expect(await read(EVENTS, { offset: SIZE })).toMatchObject({
      rows: [],
      hasNextPage: false,
      hasPreviousPage: true,
    });
    expect(await read(EVENTS, { offset: 2 ** 31 - 1 })).toMatchObject({
      rows: [],
      hasNextPage: false,
      hasPreviousPage: true,
    });
  });

  it('of a list without rows has no neighbours', async () => {
    const nothing = { filter: { name: { eq: 'no such' } } };
    for (const args of [{ first: 3 }, { last: 3 }, { offset: 2000 }]) {
      const page = await read(EVENTS, { ...nothing, ...args });
      expect(page).toMatchObject({ rows: [], hasNextPage: false, hasPreviousPage: false });
    }
  });

  it('of projects walks a list that no kind is counted for', async () => {
    const page = new RecordPage(own.store.reader, PROJECTS, {}, LIMITS, [{ field: 'NAME' }, { field: 'LEGACY_ID' }]);
    const rows = (await page.rows()).rows as unknown as { legacyId: string }[];
    expect(rows.map(({ legacyId }) => legacyId)).toEqual(['P_', 'p%', "p'\\"]);
    expect(await page.total()).toBe(3);
  });

  it('takes one statement, and its total one more', async () => {
    for (const args of [{ first: 1 }, { first: 60 }, { last: 60 }, { first: 50, offset: 9 }, { filter, first: 60 }]) {
      own.statements.length = 0;
      const page = new RecordPage(own.store.reader, EVENTS, args, LIMITS, NEWEST);
      await Promise.all([page.rows(), page.rows()]);
      expect(own.statements).toHaveLength(1);
      await Promise.all([page.total(), page.total()]);
      expect(own.statements).toHaveLength(2);
    }
  });
});

describe('The total', () => {
  it.each<FilterInput>([
    {},
    { system: { eq: System.FRESHMAKER } },
    { system: { eq: System.BUILDAPI } },
    { state: { in: [State.QUEUED, State.FAILED] } },
    { state: { in: [State.QUEUED, State.QUEUED] } },
    { state: { in: [] } },
    { system: { in: [System.KERNELCI] }, state: { eq: State.PLANNED } },
    { system: { eq: System.KERNELCI, in: [System.FRESHMAKER] } },
    { state: { ne: State.FAILED } },
    { system: null, state: { isNull: false } },
    { name: { icontains: 'a' } },
  ])('of %j is that of the model, from the counters or not', async (filter) => {
    const page = new RecordPage(own.store.reader, EVENTS, { filter }, LIMITS, NEWEST);
    const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== null));
    expect(await page.total()).toBe(modelIds(world, EVENTS, given, NEWEST).length);
  });

  it('by system and state alone reads no record', async () => {
    own.statements.length = 0;
    const filter = { system: { eq: System.FRESHMAKER }, state: { in: [State.FAILED] } };
    await new RecordPage(own.store.reader, EVENTS, { filter }, LIMITS, NEWEST).total();
    expect(own.statements).toEqual([expect.stringContaining('FROM state_count')]);
  });
});

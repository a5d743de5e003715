import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  allChildren,
  childPages,
  countChildren,
  recordsById,
  recordsByLegacyId,
} from '../../../src/core/list/children.js';
import { countStates } from '../../../src/core/list/count.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import type { PageArguments, PageRows, RecordRow } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS } from '../../../src/core/list/records.js';
import { STATES, System } from '../../../src/core/model/states.js';
import { createWorld, ownStore, type OwnStore, type Row, type World } from '../world.js';
import { cursorsOf } from './cursors.js';
import { inOrder, matches } from './model.js';

const LIMITS = { defaultSize: 25, maxSize: 100 };
const AS_RECORDED: readonly OrderInput[] = [{ field: 'LEGACY_ID' }];
const NO_SUCH = 999_999;

let own: OwnStore;
let world: World;
/** Events with 0 to 10 builds, one that is not there, in no order. */
let parents: number[];

beforeAll(async () => {
  own = await ownStore();
  world = await createWorld(own.store, 13, 97);
  parents = [NO_SUCH, ...world.event.map(({ id }) => id as number).toReversed()];
});
afterAll(() => own.close());

function read(args: PageArguments, ids: readonly number[] = parents): Promise<PageRows<RecordRow>[]> {
  return childPages<RecordRow>(own.store.reader, BUILDS, 'event_id', ids, args, LIMITS, AS_RECORDED);
}

/** Builds of each parent by the model. */
function childrenOf(parent: number, filter: FilterInput = {}, orderBy = AS_RECORDED): Row[] {
  const found = world.build.filter((row) => row['event_id'] === parent && matches(world, BUILDS, row, filter));
  return inOrder(BUILDS, found, orderBy);
}

const idsOf = (rows: readonly { readonly id?: unknown }[]): unknown[] => rows.map(({ id }) => id);

describe('The pages of children of many parents are those of each parent alone', () => {
  it.each<[PageArguments]>([
    [{}],
    [{ first: 3 }],
    [{ last: 3 }],
    [{ first: 0 }],
    [{ first: 2, offset: 3 }],
    [{ first: 4, filter: { name: { gt: 'a' } } }],
    [{ first: 4, filter: { event: { requester: { eq: 'kate' } } } }],
    [{ first: 4, orderBy: [{ field: 'FINISHED_AT', direction: 'DESC' }] }],
    [{ last: 4, orderBy: [{ field: 'STATE' }, { field: 'FRESHMAKER_DEPENDS_ON', direction: 'DESC' }] }],
  ])('for %j', async (args) => {
    const { filter, first = 25, last, offset = 0, orderBy } = args;
    const pages = await read(args);
    expect(pages).toHaveLength(parents.length);
    for (const [index, parent] of parents.entries()) {
      const all = childrenOf(parent, filter ?? {}, orderBy ?? AS_RECORDED);
      const start = last ? Math.max(0, all.length - last) : (offset ?? 0);
      const end = last ? all.length : start + (first ?? 25);
      expect(idsOf(pages[index]!.rows)).toEqual(idsOf(all.slice(start, end)));
      if (first === 0) continue;
      expect([pages[index]!.hasPreviousPage, pages[index]!.hasNextPage]).toEqual([start > 0, end < all.length]);
    }
  });

  it('and go on behind a cursor', async () => {
    const [parent = 0] = parents.slice(-1);
    const [first] = await read({ first: 2 }, [parent]);
    const [rest] = await read({ after: cursorsOf(first!)[1]! }, [parent]);
    const [before] = await read({ last: 1, before: cursorsOf(first!)[1]! }, [parent]);
    expect([...idsOf(first!.rows), ...idsOf(rest!.rows)]).toEqual(idsOf(childrenOf(parent)));
    expect(idsOf(before!.rows)).toEqual(idsOf(first!.rows.slice(0, 1)));
  });

  it('in one statement, however many', async () => {
    for (const ids of [parents.slice(0, 1), parents]) {
      own.statements.length = 0;
      await read({ first: 5 }, ids);
      await countChildren(own.store.reader, BUILDS, 'event_id', ids, {});
      await countStates(own.store.reader, BUILDS, 'event_id', ids);
      await allChildren(own.store.reader, BUILDS, 'event_id', ids);
      await recordsById(own.store.reader, EVENTS, ids);
      expect(own.statements).toHaveLength(5);
    }
  });
});

describe('Children of many parents', () => {
  it.each<[FilterInput | null]>([[null], [{ name: { gt: 'a' } }], [{ or: [] }]])(
    'are counted with filter %j',
    async (filter) => {
      const counts = await countChildren(own.store.reader, BUILDS, 'event_id', parents, filter);
      expect(counts).toEqual(parents.map((parent) => childrenOf(parent, filter ?? {}).length));
    },
  );

  it('are counted by state, with zeros where there are none', async () => {
    const totals = await countStates(own.store.reader, BUILDS, 'event_id', parents);
    expect(totals).toEqual(
      parents.map((parent) => {
        const children = childrenOf(parent);
        const count = (state: number) => children.filter((row) => row['state'] === state).length;
        return { total: children.length, states: Object.fromEntries(STATES.map((state) => [state, count(state)])) };
      }),
    );
  });

  it('are read whole by ascending id', async () => {
    const all = await allChildren<RecordRow>(own.store.reader, BUILDS, 'event_id', parents);
    expect(all.map(idsOf)).toEqual(parents.map((parent) => idsOf(childrenOf(parent))));
  });
});

describe('Records by key', () => {
  it('come in the order of the ids, undefined where there is none', async () => {
    const ids = [33, NO_SUCH, 17, 33];
    const rows = await recordsById<RecordRow>(own.store.reader, EVENTS, ids);
    expect(rows.map((row) => row?.id)).toEqual([33, undefined, 17, 33]);
  });

  it('come in the order of the legacy ids of their systems', async () => {
    const keys = [
      { system: System.FRESHMAKER, legacyId: '2' },
      { system: System.KERNELCI, legacyId: '2' },
      { system: System.FRESHMAKER, legacyId: "2' OR 1=1" },
      { system: System.FRESHMAKER, legacyId: '1\0' },
      { system: System.KERNELCI, legacyId: '9' },
    ];
    const rows = await recordsByLegacyId<RecordRow>(own.store.reader, EVENTS, keys);
    expect(rows.map((row) => row?.id)).toEqual([33, undefined, undefined, undefined, 9 * 16 + System.KERNELCI]);
    expect(await recordsByLegacyId(own.store.reader, EVENTS, keys.slice(3, 4))).toEqual([undefined]);
  });

  it('are read by thousands in one statement', async () => {
    const numbers = Array.from({ length: 5000 }, (_, index) => index + 1);
    own.statements.length = 0;
    const byId = await recordsById<RecordRow>(
      own.store.reader,
      BUILDS,
      numbers.map((number) => number * 16 + 1),
    );
    const keys = numbers.map((number) => ({ system: System.FRESHMAKER, legacyId: String(number) }));
    const byLegacyId = await recordsByLegacyId<RecordRow>(own.store.reader, BUILDS, keys);
    expect(own.statements).toHaveLength(2);
    expect(byId.filter(Boolean)).toHaveLength(97);
    expect(byLegacyId).toEqual(byId);
  });
});

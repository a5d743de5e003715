import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type RecordRow } from '../../../src/core/list/page.js';
import { EVENTS } from '../../../src/core/list/records.js';
import { createWorld, ownStore, type OwnStore, type World } from '../world.js';
import { modelIds } from './model.js';

const LIMITS = { defaultSize: 25, maxSize: 100 };
const SIZE = 2600;

let own: OwnStore;
let world: World;

beforeAll(async () => {
  own = await ownStore();
  world = await createWorld(own.store, SIZE, 1);
});
afterAll(() => own.close());

describe('A page at a deep offset', () => {
  it.each<[string, OrderInput[], FilterInput]>([
    ['newest first', [{ field: 'CREATED_AT', direction: 'DESC' }], {}],
    ['by number', [{ field: 'LEGACY_ID' }], {}],
    ['by several keys', [{ field: 'STATE', direction: 'DESC' }, { field: 'FINISHED_AT' }, { field: 'NAME' }], {}],
    ['filtered', [{ field: 'NAME' }], { requester: { isNull: false } }],
  ])('holds the rows of the model, from whichever end it is read: %s', async (_, orderBy, filter) => {
    const expected = modelIds(world, EVENTS, filter, orderBy);
    const end = expected.length;
    for (const offset of [999, 1000, 1001, 1250, 1301, end - 26, end - 25, end - 3, end - 1, end, end + 5, 1_000_000]) {
      const page = new RecordPage<RecordRow>(own.store.reader, EVENTS, { filter, orderBy, offset }, LIMITS, []);
      const { rows, hasNextPage, hasPreviousPage } = await page.rows();
      expect(rows.map(({ id }) => id)).toEqual(expected.slice(offset, offset + 25));
      expect([hasPreviousPage, hasNextPage]).toEqual([true, offset + 25 < end]);
    }
  });

  it('has cursors that lead on from it', async () => {
    const orderBy: OrderInput[] = [{ field: 'NAME' }];
    const expected = modelIds(world, EVENTS, {}, orderBy);
    const deep = await new RecordPage(own.store.reader, EVENTS, { orderBy, offset: 2000, first: 3 }, LIMITS, []).rows();
    const after = deep.cursors[2]!;
    const next = await new RecordPage(own.store.reader, EVENTS, { orderBy, after, first: 3 }, LIMITS, []).rows();
    expect([...deep.rows, ...next.rows].map(({ id }) => id)).toEqual(expected.slice(2000, 2006));
  });

  it('takes two statements, the total among them', async () => {
    own.statements.length = 0;
    const page = new RecordPage(own.store.reader, EVENTS, { offset: 2000 }, LIMITS, [{ field: 'LEGACY_ID' }]);
    await page.rows();
    expect(await page.total()).toBe(SIZE);
    expect(own.statements).toHaveLength(2);
  });
});

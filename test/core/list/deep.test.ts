import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type RecordRow } from '../../../src/core/list/page.js';
import { KnownPlaces } from '../../../src/core/list/places.js';
import { EVENTS } from '../../../src/core/list/records.js';
import type { Reader } from '../../../src/core/store/reader.js';
import { sql } from '../../../src/core/store/sql.js';
import { createWorld, ownStore, type OwnStore, type World } from '../world.js';
import { cursorsOf } from './cursors.js';
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
    const after = cursorsOf(deep)[2]!;
    const next = await new RecordPage(own.store.reader, EVENTS, { orderBy, after, first: 3 }, LIMITS, []).rows();
    expect([...deep.rows, ...next.rows].map(({ id }) => id)).toEqual(expected.slice(2000, 2006));
  });

  describe('where pages near it were read before', () => {
    const MIDDLE = 1275;
    /** How many rows the statements of a page skip, one after another. */
    async function skipped(places: KnownPlaces, offset: number): Promise<{ ids: number[]; skips: number[] }> {
      const skips: number[] = [];
      const { reader } = own.store;
      const all: Reader['all'] = (statement) => {
        if (statement.text('sqlite').includes(' OFFSET ')) skips.push(Math.max(0, Number(statement.values.at(-1))));
        return reader.all(statement);
      };
      const args = { orderBy: [{ field: 'NAME' }], offset };
      const page = new RecordPage<RecordRow>({ dialect: reader.dialect, all }, EVENTS, args, LIMITS, [], places);
      return { ids: (await page.rows()).rows.map(({ id }) => id), skips };
    }

    it('is reached from the nearest of them, until somebody commits a change', async () => {
      const places = new KnownPlaces();
      const expected = modelIds(world, EVENTS, {}, [{ field: 'NAME' }]);
      const ids = (offset: number): number[] => expected.slice(offset, offset + 25);
      expect(await skipped(places, MIDDLE)).toEqual({ ids: ids(MIDDLE), skips: [MIDDLE - 1] });
      expect(await skipped(places, MIDDLE)).toEqual({ ids: ids(MIDDLE), skips: [] });
      expect(await skipped(places, MIDDLE + 25)).toEqual({ ids: ids(MIDDLE + 25), skips: [] });
      expect(await skipped(places, MIDDLE - 25)).toEqual({ ids: ids(MIDDLE - 25), skips: [] });
      expect(await skipped(places, MIDDLE - 100)).toEqual({ ids: ids(MIDDLE - 100), skips: [50] });
      await own.store.transact(ANONYMOUS, (transaction) =>
        transaction.all(sql`UPDATE event SET requester = requester`),
      );
      expect(await skipped(places, MIDDLE)).toEqual({ ids: ids(MIDDLE), skips: [MIDDLE - 1] });
    });

    it.each<[string, OrderInput[], FilterInput]>([
      ['newest first', [{ field: 'CREATED_AT', direction: 'DESC' }], {}],
      ['by several keys', [{ field: 'STATE', direction: 'DESC' }, { field: 'FINISHED_AT' }, { field: 'NAME' }], {}],
    ])('holds the rows of the model, whatever was read: %s', async (_, orderBy, filter) => {
      const places = new KnownPlaces();
      const expected = modelIds(world, EVENTS, filter, orderBy);
      for (let read = 0; read < 60; read++) {
        const offset = 1001 + ((read * 577) % 590);
        const first = 1 + ((read * 7) % 40);
        const args = { filter, orderBy, offset, first };
        const page = new RecordPage<RecordRow>(own.store.reader, EVENTS, args, LIMITS, [], places);
        expect((await page.rows()).rows.map(({ id }) => id)).toEqual(expected.slice(offset, offset + first));
      }
    });
  });

  it('takes two statements, the total among them', async () => {
    own.statements.length = 0;
    const page = new RecordPage(own.store.reader, EVENTS, { offset: 2000 }, LIMITS, [{ field: 'LEGACY_ID' }]);
    await page.rows();
    expect(await page.total()).toBe(SIZE);
    expect(own.statements).toHaveLength(2);
  });
});

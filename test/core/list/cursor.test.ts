import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type PageArguments } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS } from '../../../src/core/list/records.js';
import { createWorld, ownStore, type OwnStore } from '../world.js';
import { cursorsOf } from './cursors.js';

const LIMITS = { defaultSize: 25, maxSize: 100 };
const BY_ID: readonly OrderInput[] = [{ field: 'LEGACY_ID' }];
const BY_STATE: readonly OrderInput[] = [{ field: 'STATE' }];

let own: OwnStore;

beforeAll(async () => {
  own = await ownStore();
  await createWorld(own.store, 5);
});
afterAll(() => own.close());

function page(args: PageArguments, list = EVENTS): RecordPage<{ readonly id: number }> {
  return new RecordPage(own.store.reader, list, args, LIMITS, BY_ID);
}

async function cursorOf(orderBy: readonly OrderInput[], list = EVENTS): Promise<string> {
  return cursorsOf(await page({ orderBy, first: 1 }, list).rows())[0]!;
}

/** The cursor with its content changed: an array of the order and the values of its keys. */
async function forged(orderBy: readonly OrderInput[], change: (parts: unknown[]) => unknown): Promise<string> {
  const parts = JSON.parse(Buffer.from(await cursorOf(orderBy), 'base64url').toString()) as unknown[];
  return Buffer.from(JSON.stringify(change(parts))).toString('base64url');
}

describe('A cursor is refused', () => {
  const refused = (args: PageArguments, argument: string, list = EVENTS): void =>
    expect(() => page(args, list)).toThrow(
      expect.objectContaining({ code: 'INVALID', message: `${argument}: not a cursor of this list in this order.` }),
    );

  it.each(['', 'x', '0', 'null', 'W10', 'eyJhIjoxfQ', '\0', 'ß', '"', 'a'.repeat(5000)])(
    'when it is garbage: %j',
    (cursor) => {
      refused({ after: cursor }, 'after');
      refused({ before: cursor }, 'before');
    },
  );

  it('when it belongs to another order, direction or list', async () => {
    refused({ after: await cursorOf(BY_STATE) }, 'after');
    refused({ before: await cursorOf([{ field: 'LEGACY_ID', direction: 'DESC' }]) }, 'before');
    refused({ after: await cursorOf(BY_ID) }, 'after', BUILDS);
  });

  it('when its values are not of the types of the order', async () => {
    for (const value of [null, 'text', 1.5, 1e300, true, [], {}]) {
      refused({ after: await forged(BY_ID, (parts) => [parts[0], value]) }, 'after');
    }
    const byName: readonly OrderInput[] = [{ field: 'NAME' }];
    for (const value of [null, 1, 'a\0']) {
      refused({ orderBy: byName, after: await forged(byName, (parts) => [parts[0], value, parts[2]]) }, 'after');
    }
  });

  it('when a state is beyond what the column holds, before a database has to refuse it', async () => {
    for (const state of [-1, 40_000, 2 ** 40]) {
      refused({ orderBy: BY_STATE, after: await forged(BY_STATE, (parts) => [parts[0], state, parts[2]]) }, 'after');
    }
  });

  it('when values are missing or left over', async () => {
    refused({ after: await forged(BY_ID, ([order]) => [order]) }, 'after');
    refused({ after: await forged(BY_ID, (parts) => [...parts, 1]) }, 'after');
    refused({ after: await forged(BY_ID, (parts) => ({ ...parts })) }, 'after');
  });
});

describe('The arguments of a page are refused', () => {
  it.each<[PageArguments, string]>([
    [{ first: 1, last: 1 }, 'first, last: give only one of them.'],
    [{ first: -1 }, 'first: must not be negative.'],
    [{ last: -1 }, 'last: must not be negative.'],
    [{ first: 101 }, 'first: at most 100.'],
    [{ last: 101 }, 'last: at most 100.'],
    [{ offset: -1 }, 'offset: must not be negative.'],
    [{ offset: 1, last: 1 }, 'offset: goes with first only, not with cursors.'],
    [{ orderBy: [{ field: 'NO_SUCH' }] }, 'orderBy: this list has no order NO_SUCH.'],
    [{ orderBy: Array(21).fill({ field: 'NAME' }) }, 'orderBy: more than 20 keys.'],
  ])('%j: %s', (args, message) => {
    expect(() => page(args)).toThrow(expect.objectContaining({ code: 'INVALID', message }));
  });

  it('when an offset comes with a cursor', async () => {
    const cursor = await cursorOf(BY_ID);
    for (const bound of [{ after: cursor }, { before: cursor }]) {
      expect(() => page({ ...bound, offset: 1 })).toThrow(
        expect.objectContaining({ code: 'INVALID', message: 'offset: goes with first only, not with cursors.' }),
      );
      expect((await page({ ...bound, offset: 0 }).rows()).hasNextPage).toBe('before' in bound);
    }
  });
});

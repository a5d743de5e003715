import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../src/core/auth/principal.js';
import { changesAfter, countChanges, headOf, logAfter } from '../../../src/core/changes/log.js';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { sql } from '../../../src/core/store/sql.js';
import type { Transaction } from '../../../src/core/store/transaction.js';
import { eventRow, insertRows, ownStore, recordCreation, type OwnStore } from '../world.js';

const KATE: Principal = { userName: 'kate', userId: 1, admin: false, roles: new Set() };
const NOW = 1_564_641_046_123_456;
const COMMON = { system: System.FRESHMAKER, actor: 'kate', at: NOW };
const FIRST = recordId(System.FRESHMAKER, 1);

let own: OwnStore;
let created: number;

beforeEach(async () => {
  own = await ownStore({ now: () => NOW });
  await own.store.transact(KATE, async (transaction) => {
    for (const number of [1, 2, 3, 4]) {
      const row = { ...eventRow(number), project_id: null, state: number === 4 ? State.FAILED : State.QUEUED };
      await insertRows(transaction, 'event', [row]);
      recordCreation(transaction, Kind.EVENT, row);
    }
  });
  created = await headOf(own.store.reader);
});
afterEach(() => own.close());

async function counters(): Promise<object[]> {
  return own.store.reader.all(
    sql`SELECT system, kind, state, total FROM state_count WHERE total <> 0 ORDER BY system, kind, state`,
  );
}

async function deleteEvents(transaction: Transaction, state: State): Promise<number[]> {
  const rows = await transaction.all<{ id: number }>(sql`DELETE FROM event WHERE state = ${state} RETURNING id`);
  return rows.map(({ id }) => id).toSorted((one, other) => one - other);
}

describe('The end of a record', () => {
  it('is a row of the log with its last state, and counts it out', async () => {
    await own.store.transact(KATE, async (transaction) => {
      const [id] = await deleteEvents(transaction, State.FAILED);
      const gone = { system: System.FRESHMAKER, kind: Kind.EVENT, recordId: id!, state: State.FAILED };
      transaction.recordDeletion({ ...gone, reason: 'by its owner' });
    });
    const change = { ...COMMON, sequence: created + 1, kind: Kind.EVENT, recordId: recordId(System.FRESHMAKER, 4) };
    const states = { from: State.FAILED, to: State.FAILED, reason: 'by its owner', deleted: true };
    expect(await changesAfter(own.store.reader, created, 10)).toEqual([{ ...change, ...states }]);
    expect(await counters()).toEqual([{ system: System.FRESHMAKER, kind: Kind.EVENT, state: State.QUEUED, total: 3 }]);
    expect(await counters()).toEqual(await recount(own.store.reader));
  });

  it('is counted with what happened to it before in the same verb', async () => {
    await own.store.transact(KATE, async (transaction) => {
      const ids = await deleteEvents(transaction, State.QUEUED);
      for (const id of ids) {
        const record = { system: System.FRESHMAKER, kind: Kind.EVENT, recordId: id };
        transaction.recordChange({ ...record, from: State.QUEUED, to: State.CANCELED, reason: null });
        transaction.recordDeletion({ ...record, state: State.CANCELED });
      }
    });
    expect((await changesAfter(own.store.reader, created, 10)).map(({ deleted }) => deleted)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
    expect(await counters()).toEqual(await recount(own.store.reader));
  });

  it('may be counted without a row of its own, also when the verb logs nothing else', async () => {
    await own.store.transact(KATE, async (transaction) => {
      const { length } = await deleteEvents(transaction, State.QUEUED);
      transaction.uncount(System.FRESHMAKER, Kind.EVENT, State.QUEUED, length);
    });
    expect(await headOf(own.store.reader)).toBe(created);
    expect(await counters()).toEqual([{ system: System.FRESHMAKER, kind: Kind.EVENT, state: State.FAILED, total: 1 }]);
    expect(await counters()).toEqual(await recount(own.store.reader));
  });

  it('is not counted when the verb throws', async () => {
    const before = await counters();
    const verb = own.store.transact(KATE, async (transaction) => {
      const { length } = await deleteEvents(transaction, State.QUEUED);
      transaction.uncount(System.FRESHMAKER, Kind.EVENT, State.QUEUED, length);
      throw new Error('broken');
    });
    await expect(verb).rejects.toThrow('broken');
    expect(await counters()).toEqual(before);
  });
});

describe('What happens to a project', () => {
  it('stands in the log in the order of the verb, counts nothing and is no change of a record', async () => {
    const before = await counters();
    const project = { system: System.FRESHMAKER, projectId: FIRST };
    await own.store.transact(KATE, async (transaction) => {
      transaction.recordProjectChange({ ...project, change: 'CREATED' });
      transaction.publish(System.FRESHMAKER, 'project.created', '{}');
      transaction.recordProjectChange({ ...project, change: 'UPDATED' });
      transaction.recordProjectChange({ ...project, change: 'DELETED' });
    });
    const entry = { ...COMMON, kind: 0, projectId: FIRST };
    expect(await logAfter(own.store.reader, created, 10)).toEqual([
      { ...entry, sequence: created + 1, change: 'CREATED' },
      { ...entry, sequence: created + 3, change: 'UPDATED' },
      { ...entry, sequence: created + 4, change: 'DELETED' },
    ]);
    expect(await changesAfter(own.store.reader, created, 10)).toEqual([]);
    expect(await countChanges(own.store.reader, {})).toBe(created);
    expect(await counters()).toEqual(before);
  });
});

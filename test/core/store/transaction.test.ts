import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS, type Principal } from '../../../src/core/auth/principal.js';
import { changesAfter, headOf } from '../../../src/core/changes/log.js';
import { BuildgateError } from '../../../src/core/errors.js';
import { recordId } from '../../../src/core/ids.js';
import { recount } from '../../../src/core/list/count.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { storableText, type Transaction } from '../../../src/core/store/transaction.js';
import type { StoreIncident } from '../../../src/core/store/store.js';
import { FreshmakerEventRecord } from '../../../src/systems/freshmaker/model.js';
import { createWorld, eventRow, insertRows, ownStore, recordCreation, type OwnStore, type Row } from '../world.js';

const KATE: Principal = { userName: 'kate', userId: 1, admin: false, roles: new Set() };
const NOW = 1_564_641_046_123_456;

let own: OwnStore;
let incidents: StoreIncident[];

beforeEach(async () => {
  incidents = [];
  own = await ownStore({ now: () => NOW, onIncident: (incident) => void incidents.push(incident) });
});
afterEach(() => own.close());

/** Everything that a verb can leave behind. */
async function everything(): Promise<unknown> {
  const tables = ['event', 'change_log', 'change_log_head', 'state_count', 'outbox_message', 'record_key'];
  const read = (table: string) => own.store.reader.all(raw(`SELECT * FROM ${table} ORDER BY 1, 2`));
  return Promise.all(tables.map(read));
}

/** An event that needs no other record. */
function rootEvent(number: number): Row {
  return { ...eventRow(number), project_id: null };
}

/** Creates an event, says so, and takes a number. */
async function createEvent(transaction: Transaction, number: number): Promise<void> {
  const row = rootEvent(number);
  await insertRows(transaction, 'event', [row]);
  recordCreation(transaction, Kind.EVENT, row);
  transaction.publish(System.FRESHMAKER, 'event.created', `{"id":${number}}`);
  await transaction.takeNumbers(System.FRESHMAKER, Kind.EVENT);
}

describe('A verb that succeeds', () => {
  it('stores record, log, counters and messages with one time and its actor', async () => {
    await own.store.transact(KATE, async (transaction) => {
      await createEvent(transaction, 1);
      transaction.recordChange({
        system: System.FRESHMAKER,
        kind: Kind.EVENT,
        recordId: recordId(System.FRESHMAKER, 1),
        from: State.QUEUED,
        to: State.RUNNING,
        reason: 'begun',
      });
    });
    const common = {
      system: System.FRESHMAKER,
      kind: Kind.EVENT,
      recordId: 17,
      deleted: false,
      actor: 'kate',
      at: NOW,
    };
    expect(await changesAfter(own.store.reader, 0, 10)).toEqual([
      { ...common, sequence: 1, from: null, to: State.QUEUED, reason: null },
      { ...common, sequence: 3, from: State.QUEUED, to: State.RUNNING, reason: 'begun' },
    ]);
    expect(await own.store.reader.all(sql`SELECT sequence, system, topic, body FROM outbox_message`)).toEqual([
      { sequence: 2, system: System.FRESHMAKER, topic: 'event.created', body: '{"id":1}' },
    ]);
    expect(await headOf(own.store.reader)).toBe(3);
    expect(await own.store.reader.all(sql`SELECT * FROM state_count`)).toEqual([
      { system: System.FRESHMAKER, kind: Kind.EVENT, state: State.RUNNING, total: 1 },
    ]);
  });

  it('keeps counters that equal a recount, from one state to another and back', async () => {
    await createWorld(own.store, 40);
    const move = (to: State) =>
      own.store.transact(KATE, async (transaction) => {
        for (const event of await transaction.em.find(FreshmakerEventRecord, { state: { $ne: to } })) {
          const { id, system, state: from } = event;
          event.state = to;
          transaction.recordChange({ system, kind: Kind.EVENT, recordId: id, from, to, reason: null });
        }
      });
    for (const to of [State.RUNNING, State.FAILED, State.FAILED, State.PLANNED]) {
      await move(to);
      const counted = await own.store.reader.all(
        sql`SELECT system, kind, state, total FROM state_count WHERE total <> 0 ORDER BY system, kind, state`,
      );
      expect(counted).toEqual(await recount(own.store.reader));
    }
  });

  it('says so after the commit, once', async () => {
    const said: string[] = [];
    const stop = own.store.onCommit(() => said.push('store'));
    await own.store.transact(KATE, async (transaction) => {
      await createEvent(transaction, 1);
      transaction.afterCommit(() => said.push('verb'));
      expect(said).toEqual([]);
    });
    expect(said).toEqual(['verb', 'store']);
    stop();
    await own.store.transact(KATE, (transaction) => createEvent(transaction, 2));
    expect(said).toEqual(['verb', 'store']);
  });

  it('writes long logs in batches of statements', async () => {
    await own.store.transact(KATE, async (transaction) => {
      for (let number = 1; number <= 1201; number++) recordCreation(transaction, Kind.EVENT, eventRow(number));
    });
    expect((await changesAfter(own.store.reader, 0, 5000)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 1201 }, (_, index) => index + 1),
    );
    expect(own.statements.filter((text) => text.startsWith('INSERT INTO change_log '))).toHaveLength(3);
  });

  it('takes numbers that follow each other', async () => {
    const take = (count?: number) =>
      own.store.transact(KATE, (transaction) => transaction.takeNumbers(System.RODAN, Kind.JOB, count));
    expect([await take(), await take(3), await take()]).toEqual([1, 2, 5]);
  });
});

describe('A verb that throws leaves nothing behind', () => {
  const faults: [string, (transaction: Transaction) => Promise<unknown>, unknown][] = [
    [
      'a refusal',
      async () => {
        throw new BuildgateError('CONFLICT', 'Not now.');
      },
      { code: 'CONFLICT', message: 'Not now.' },
    ],
    [
      'an error',
      async () => {
        throw new TypeError('broken');
      },
      { message: 'broken' },
    ],
    ['a key that is taken', (transaction) => insertRows(transaction, 'event', [rootEvent(1)]), {}],
    [
      'an entity that the database refuses',
      async ({ em }) => em.persist(em.create(FreshmakerEventRecord, DUPLICATE)),
      {},
    ],
    ['an unknown parent at commit', (transaction) => insertRows(transaction, 'build', [ORPHAN]), {}],
  ];
  const ORPHAN = {
    id: 1,
    system: 1,
    legacy_id: '1',
    name: '',
    state: 1,
    legacy_state: '',
    submitted_at: 0,
    event_id: 5,
  };
  const DUPLICATE = {
    id: 33,
    legacyId: '1',
    name: '',
    state: 1,
    legacyState: '',
    messageId: 'm',
    searchKey: '',
    eventTypeId: 1,
    system: System.FRESHMAKER as const,
    requestedRebuilds: '[]',
    requesterMetadata: '{}',
  };

  it.each(faults)('after %s', async (_, fault, error) => {
    await own.store.transact(KATE, (transaction) => createEvent(transaction, 1));
    const before = await everything();
    const said: string[] = [];
    own.store.onCommit(() => said.push('store'));
    const verb = own.store.transact(KATE, async (transaction) => {
      transaction.afterCommit(() => said.push('verb'));
      await createEvent(transaction, 5);
      await fault(transaction);
    });
    await expect(verb).rejects.toMatchObject(error as object);
    expect(await everything()).toEqual(before);
    expect(said).toEqual([]);
    expect(incidents).toContain('rollback');
    expect(incidents.includes('error')).toBe((error as { code?: string }).code === undefined);
  });

  it('and the next verb goes on with the next sequence', async () => {
    const failing = own.store.transact(KATE, async (transaction) => {
      await createEvent(transaction, 1);
      throw new Error('broken');
    });
    await expect(failing).rejects.toThrow('broken');
    await own.store.transact(ANONYMOUS, (transaction) => createEvent(transaction, 1));
    expect(await changesAfter(own.store.reader, 0, 10)).toEqual([
      expect.objectContaining({ sequence: 1, actor: null }),
    ]);
  });
});

describe('A transaction', () => {
  it('refuses statements after its end', async () => {
    let leaked: Transaction | undefined;
    await own.store.transact(KATE, async (transaction) => {
      leaked = transaction;
    });
    await expect(leaked!.all(sql`SELECT 1 AS one`)).rejects.toThrow();
  });

  it('holds the largest and smallest values exactly', async () => {
    const extremes = { created_at: Number.MIN_SAFE_INTEGER, finished_at: Number.MAX_SAFE_INTEGER };
    await own.store.transact(KATE, (transaction) =>
      insertRows(transaction, 'event', [{ ...rootEvent(1), ...extremes }]),
    );
    expect(await own.store.reader.all(sql`SELECT created_at, finished_at FROM event`)).toEqual([extremes]);
  });
});

describe('storableText', () => {
  it('refuses NUL, which one of the databases cannot hold, and passes everything else on', () => {
    expect(storableText('reason', 'a\u{1}\u{10FFFF}')).toBe('a\u{1}\u{10FFFF}');
    expect(() => storableText('reason', 'a\0b')).toThrow(
      expect.objectContaining({ code: 'INVALID', message: 'reason: must not contain the NUL character.' }),
    );
  });
});

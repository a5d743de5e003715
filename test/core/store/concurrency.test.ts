import { DatabaseSync } from 'node:sqlite';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { changesAfter, headOf } from '../../../src/core/changes/log.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import type { Store, StoreIncident } from '../../../src/core/store/store.js';
import { commitChanges, upTo } from '../changes/verbs.js';
import { anotherStore, insertRows, ownStore, type OwnStore } from '../world.js';

/** Longer than a test may take: many writers of one file wait for each other, the longer the slower it is. */
const PATIENCE_MS = 3_600_000;

let own: OwnStore;
let other: Store;
let incidents: StoreIncident[];

beforeEach(async () => {
  incidents = [];
  own = await ownStore({ maxWaitMs: PATIENCE_MS, onIncident: (incident) => void incidents.push(incident) });
  other = await anotherStore(own.config, { maxWaitMs: PATIENCE_MS });
});
afterEach(async () => {
  await other.close();
  await own.close();
});

/** Resolves when the condition holds; the test's own time limit ends a wait for nothing. */
async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setImmediate();
}

describe('Sequences with many verbs at once, of two processes', () => {
  it('never appear behind one that a reader has seen, and have no gap', async () => {
    const writers = Array.from({ length: 20 }, async (_, writer) => {
      const store = writer % 2 === 0 ? own.store : other;
      for (let round = 0; round < 5; round++)
        await commitChanges(store, 1 + ((writer + round) % 3), { messages: round === 2 });
    });
    let writing = true;
    const done = Promise.all(writers).finally(() => {
      writing = false;
    });
    const seen: number[] = [];
    for (let last = false; !last;) {
      last = !writing;
      const changes = await changesAfter(own.store.reader, seen.at(-1) ?? 0, 1000);
      seen.push(...changes.map(({ sequence }) => sequence));
      await setImmediate();
    }
    await done;
    const whole = await changesAfter(own.store.reader, 0, 10_000);
    expect(seen).toEqual(whole.map(({ sequence }) => sequence));
    const messages = await own.store.reader.all<{ sequence: number }>(sql`SELECT sequence FROM outbox_message`);
    const all = [...seen, ...messages.map(({ sequence }) => sequence)].toSorted((left, right) => left - right);
    expect(all).toEqual(upTo(await headOf(own.store.reader)));
  });

  it('count what they log', async () => {
    await Promise.all(upTo(20).map((writer) => commitChanges(writer % 2 === 0 ? own.store : other, 7)));
    expect(await own.store.reader.all(sql`SELECT total FROM state_count`)).toEqual([{ total: 140 }]);
  });

  it('give each record its own number', async () => {
    const numbers = await Promise.all(
      upTo(20).map((writer) =>
        (writer % 2 === 0 ? own.store : other).transact(ANONYMOUS, (transaction) =>
          transaction.takeNumbers(System.RODAN, Kind.JOB),
        ),
      ),
    );
    expect(numbers.toSorted((left, right) => left - right)).toEqual(upTo(20));
  });
});

describe('A verb that meets a lock', () => {
  it('waits for the writer of another process, without holding up reads, and succeeds', async () => {
    if (own.config.kind !== 'sqlite') return;
    const writer = new DatabaseSync(own.config.path);
    writer.exec('BEGIN IMMEDIATE; UPDATE change_log_head SET sequence = sequence + 0');
    let finished = false;
    const verb = commitChanges(own.store, 1).finally(() => {
      finished = true;
    });
    await until(() => incidents.filter((incident) => incident === 'rollback').length >= 2);
    expect(await headOf(own.store.reader)).toBe(0);
    expect(finished).toBe(false);
    writer.exec('COMMIT');
    writer.close();
    await verb;
    expect(await headOf(own.store.reader)).toBe(1);
  });

  it('holds up the whole process for 20 ms at most, where the database can wait in no other way', async () => {
    if (own.config.kind !== 'sqlite') return;
    const asked = await own.store.transact(ANONYMOUS, (writer) => writer.all(sql`PRAGMA busy_timeout`));
    expect(asked).toEqual([{ timeout: 20 }]);
  });

  it('is tried again from the start after a deadlock', async () => {
    if (own.store.dialect !== 'postgresql') return;
    await own.store.transact(ANONYMOUS, (transaction) =>
      insertRows(
        transaction,
        'project',
        [1, 2].map((id) => ({ id, system: 1, legacy_id: String(id), name: '' })),
      ),
    );
    let attempts = 0;
    const arrived = new Set<string>();
    const touch = (store: Store, first: number, second: number): Promise<void> =>
      store.transact(ANONYMOUS, async (transaction) => {
        attempts += 1;
        await transaction.all(sql`UPDATE project SET name = name || 'x' WHERE id = ${first}`);
        arrived.add(String(first));
        await until(() => arrived.size === 2);
        await transaction.all(sql`UPDATE project SET name = name || 'x' WHERE id = ${second}`);
        transaction.recordChange({
          system: System.RODAN,
          kind: Kind.JOB,
          recordId: 1,
          from: null,
          to: State.QUEUED,
          reason: null,
        });
      });
    await Promise.all([touch(own.store, 1, 2), touch(other, 2, 1)]);
    expect(attempts).toBe(3);
    expect(await own.store.reader.all(sql`SELECT name FROM project`)).toEqual([{ name: 'xx' }, { name: 'xx' }]);
    expect(await headOf(own.store.reader)).toBe(2);
  });

  it('is not tried again when the verb itself is refused', async () => {
    let attempts = 0;
    const verb = own.store.transact(ANONYMOUS, async (transaction) => {
      attempts += 1;
      await transaction.all(raw('SELECT no_such FROM event'));
    });
    await expect(verb).rejects.toThrow('no_such');
    expect(attempts).toBe(1);
  });
});

describe('A reader', () => {
  it('sees nothing of a verb that has not committed', async () => {
    let committed: number | undefined;
    await own.store.transact(ANONYMOUS, async (transaction) => {
      await insertRows(transaction, 'project', [{ id: 1, system: 1, legacy_id: '1', name: '' }]);
      committed = (await own.store.reader.all(sql`SELECT id FROM project`)).length;
    });
    expect(committed).toBe(0);
    expect(await own.store.reader.all(sql`SELECT id FROM project`)).toEqual([{ id: 1 }]);
  });
});

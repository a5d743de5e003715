import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inScope, OperationScope } from '../../../src/core/store/operation-scope.js';
import { lookupsOf } from '../../../src/core/store/reader.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { ownStore, type OwnStore } from '../world.js';

let own: OwnStore;
beforeEach(async () => {
  own = await ownStore();
});
afterEach(() => own.close());

/** What statements of one operation give that begin together. */
function together(texts: readonly string[], scope = new OperationScope({})): Promise<unknown>[] {
  return inScope(scope, () => texts.map((text) => lookupsOf(own.store.reader).all(raw(text))));
}

describe('what is looked up together', () => {
  it('has a result, or an error, of its own', async () => {
    const settled = await Promise.allSettled(together(['SELECT 1 AS a', 'SELECT nothing AS a', 'SELECT 2 AS a']));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await Promise.all(together(['SELECT 3 AS a']))).toEqual([[{ a: 3 }]]);
  });

  it('is told its results together, so that what follows from them begins together', async () => {
    const slow = own.store.dialect === 'postgresql' ? 'SELECT 1 AS a FROM pg_sleep(0.2)' : 'SELECT 1 AS a';
    let told = 0;
    const answers = together(['SELECT 1 AS a', slow, 'SELECT 1 AS a']);
    for (const answer of answers) void answer.then(() => (told += 1));
    await answers[0];
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBe(3);
  });

  it('ends when the time of the operation is over, all of it, and others are answered after that', async () => {
    const isPostgresql = own.store.dialect === 'postgresql';
    const text = isPostgresql ? 'SELECT 1 AS a FROM pg_sleep(600)' : 'SELECT 1 AS a';
    const scope = new OperationScope({ timeoutMs: isPostgresql ? 100 : 0 });
    for (const { status, ...rest } of await Promise.allSettled(together([text, text, text], scope))) {
      expect(status).toBe('rejected');
      expect(rest).toMatchObject({ reason: { code: 'TIMEOUT' } });
    }
    const [rows] = await Promise.all(together(['SELECT 4 AS a']));
    expect(rows).toEqual([{ a: 4 }]);
    expect(await own.store.reader.all(sql`SELECT 5 AS a`)).toEqual([{ a: 5 }]);
  });

  it('is answered to others when the time of one operation is over that it travelled with', async () => {
    const isPostgresql = own.store.dialect === 'postgresql';
    const slow = isPostgresql ? 'SELECT 1 AS a FROM pg_sleep(600)' : 'SELECT 1 AS a';
    const limited = new OperationScope({ timeoutMs: isPostgresql ? 100 : 0 });
    const [late, ...others] = [
      ...together([slow], limited),
      ...together(['SELECT 6 AS a']),
      ...together(['SELECT 7 AS a']),
    ];
    await expect(late).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(await Promise.all(others)).toEqual([[{ a: 6 }], [{ a: 7 }]]);
  });

  it('is asked again when the server was to end a statement of another operation and met this one', async () => {
    const isPostgresql = own.store.dialect === 'postgresql';
    const [slow, next] = isPostgresql
      ? ['SELECT 1 AS a FROM pg_sleep(600)', 'SELECT 8 AS a FROM pg_sleep(1)']
      : ['SELECT 1 AS a', 'SELECT 8 AS a'];
    const limited = new OperationScope({ timeoutMs: isPostgresql ? 1_000 : 0 });
    const [late, met] = [...together([slow!], limited), ...together([next!])];
    const answers = Promise.allSettled([late, met]);
    await endBehind(slow!, next!, answers);
    expect(await answers).toMatchObject([
      { status: 'rejected', reason: { code: 'TIMEOUT' } },
      { status: 'fulfilled', value: [{ a: 8 }] },
    ]);
  });

  it('does not wait twice for what has taken long before', async () => {
    const isPostgresql = own.store.dialect === 'postgresql';
    const slow = isPostgresql ? 'SELECT 1 AS a FROM pg_sleep(0.3)' : 'SELECT 1 AS a';
    const order = async (): Promise<string[]> => {
      const told: string[] = [];
      const [first, second] = [...together([slow]), ...together(['SELECT 2 AS a'])];
      await Promise.all([first!.then(() => told.push('slow')), second!.then(() => told.push('short'))]);
      return told;
    };
    expect(await order()).toEqual(['slow', 'short']);
    expect(await order()).toEqual(isPostgresql ? ['short', 'slow'] : ['slow', 'short']);
  });

  it('is more than one message holds without that anybody sees it', async () => {
    const numbers = Array.from({ length: 30 }, (_, number) => number);
    const answers = numbers.flatMap((number) => together([`SELECT ${number} AS a`]));
    expect(await Promise.all(answers)).toEqual(numbers.map((number) => [{ a: number }]));
  });
});

/**
 * Ends a statement on PostgreSQL as soon as the server is at it, on the connection where another runs before it: the
 * server may end it by itself, as it sends the signal for the first twice, and then it runs elsewhere.
 */
async function endBehind(first: string, next: string, answers: Promise<unknown>): Promise<void> {
  if (own.store.dialect === 'sqlite') return;
  let isAnswered = false;
  void answers.then(() => (isAnswered = true));
  const active = sql`SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'`;
  let pid: number | undefined;
  while (pid === undefined)
    pid = (await own.store.reader.all<{ pid: number }>(sql`${active} AND query = ${first}`))[0]?.pid;
  const end = sql`SELECT pg_cancel_backend(pid) AS ended FROM (${active} AND query = ${next} AND pid = ${pid}) met`;
  while (!isAnswered) if ((await own.store.reader.all(end)).length > 0) return;
}

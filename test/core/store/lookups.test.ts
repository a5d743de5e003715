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

describe('what one operation looks up together', () => {
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
});

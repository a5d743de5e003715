import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import {
  changesAfter,
  changesOfRecords,
  checkChangeFilter,
  countChanges,
  matchesChange,
  type Change,
  type ChangeFilter,
} from '../../../src/core/changes/log.js';
import { Kind, STATES, State, System } from '../../../src/core/model/states.js';
import { ownStore, type OwnStore } from '../world.js';
import { upTo } from './verbs.js';

let own: OwnStore;
let all: Change[];

beforeAll(async () => {
  own = await ownStore();
  await own.store.transact(ANONYMOUS, async (transaction) => {
    for (const number of upTo(60)) {
      transaction.recordChange({
        system: 1 + (number % 5),
        kind: 1 + (number % 3),
        recordId: number % 4,
        reason: null,
        from: number % 6 === 0 ? null : (STATES[number % 8] ?? null),
        to: STATES[(number * 3) % 8] ?? State.UNKNOWN,
      });
      // Projects are in the log, too, and are nothing that these filters describe.
      if (number % 10 === 0) transaction.recordProjectChange({ system: 1, projectId: number, change: 'UPDATED' });
    }
  });
  all = await changesAfter(own.store.reader, 0, 100);
});
afterAll(() => own.close());

describe('A filter of the change log', () => {
  it.each<ChangeFilter>([
    {},
    { system: { eq: System.RODAN } },
    { kind: { ne: Kind.BUILD }, to: { in: [State.QUEUED, State.FAILED] } },
    { from: { isNull: true } },
    { from: { isNull: false }, system: null },
    { from: { eq: State.RUNNING } },
    { from: { ne: State.RUNNING } },
    { from: { in: [State.RUNNING, State.QUEUED] } },
    { from: { notIn: [State.RUNNING, State.QUEUED] } },
    { from: { in: [] } },
    { from: { notIn: [] } },
    { to: { eq: State.SUCCEEDED, ne: State.SUCCEEDED } },
  ])('%j means the same to the list and to a subscription', async (filter) => {
    expect(all).toHaveLength(60);
    const expected = all.filter((change) => matchesChange(filter, change));
    expect(await changesAfter(own.store.reader, 0, 100, filter)).toEqual(expected);
    expect(await countChanges(own.store.reader, filter)).toBe(expected.length);
  });

  it('gives the changes of many records at once, each with its own page', async () => {
    const of = (id: number) => all.filter(({ kind, recordId }) => kind === 1 && recordId === id);
    expect(of(2).length).toBeGreaterThan(1);
    const page = { after: 0, limit: 100 };
    expect(await changesOfRecords(own.store.reader, Kind.EVENT, [2, 999, 1], page)).toEqual([of(2), [], of(1)]);
    const second = { after: of(2)[0]!.sequence, limit: 1 };
    expect(await changesOfRecords(own.store.reader, Kind.EVENT, [2], second)).toEqual([of(2).slice(1, 2)]);
  });

  it.each<[ChangeFilter, string]>([
    [{ to: { eq: null } }, 'filter.to.eq'],
    [{ from: { isNull: null } }, 'filter.from.isNull'],
    [{ system: { in: null } }, 'filter.system.in'],
    [{ kind: { notIn: [1, null as never] } }, 'filter.kind.notIn'],
  ])('%j is refused, naming the place of the null', (filter, place) => {
    expect(() => checkChangeFilter(filter)).toThrow(
      expect.objectContaining({ code: 'INVALID', message: `${place}: null is not a value here; use isNull.` }),
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import {
  changesAfter,
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
    expect(await changesAfter(own.store.reader, 0, 100, { filter })).toEqual(expected);
    expect(await countChanges(own.store.reader, { filter })).toBe(expected.length);
  });

  it('goes with the changes of one record', async () => {
    const scope = { filter: { system: { ne: System.RODAN } }, record: { kind: Kind.EVENT, id: 2 } };
    const expected = all.filter(({ system, kind, recordId }) => system !== 4 && kind === 1 && recordId === 2);
    expect(expected.length).toBeGreaterThan(0);
    expect(await changesAfter(own.store.reader, 0, 100, scope)).toEqual(expected);
    expect(await changesAfter(own.store.reader, expected[0]!.sequence, 1, scope)).toEqual(expected.slice(1, 2));
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

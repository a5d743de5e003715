import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foreignSnapshot } from '../../../src/core/store/snapshot-version.js';

/** A transaction of somebody: whose, and what has become of it when a snapshot is taken. */
const transaction = fc.record({ own: fc.boolean(), ends: fc.constantFrom('before', 'between', 'never') });
const FIRST = 100;

/** The snapshot in which these transactions run, as PostgreSQL writes it: its end is behind the last one that has ended. */
function snapshotOf(isRunning: readonly boolean[]): string {
  const last = isRunning.lastIndexOf(false);
  const running = isRunning.flatMap((runs, index) => (runs && index < last ? [FIRST + index] : []));
  const end = FIRST + last + 1;
  return `${running[0] ?? end}:${end}:${running.join(',')}`;
}

describe('What a snapshot shows of others', () => {
  it('is the same text exactly when the same transactions of others have ended', () => {
    fc.assert(
      fc.property(fc.array(transaction, { maxLength: 12 }), (transactions) => {
        const own = new Set(transactions.flatMap((one, index) => (one.own ? [FIRST + index] : [])));
        const early = foreignSnapshot(snapshotOf(transactions.map(({ ends }) => ends !== 'before')), own);
        const late = foreignSnapshot(snapshotOf(transactions.map(({ ends }) => ends === 'never')), own);
        const hasChanged = transactions.some((one) => !one.own && one.ends === 'between');
        expect(late === early).toBe(!hasChanged);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['100:103:', [102, 101], '101:'],
    ['100:105:100,103', [104, 102], '102:100'],
    ['100:105:100,103', [104, 102, 100], '102:'],
    ['104:104:', [90], '104:'],
  ])('of %s without %j is %s', (snapshot, own, expected) => {
    expect(foreignSnapshot(snapshot, new Set(own))).toBe(expected);
  });
});

import type { ReactNode } from 'react';
import type { ChangeFragment } from '../operations/documents.js';
import { StateWord } from './state-word.js';
import { ExactMoment } from './times.js';

/** A history after changes; what it holds already is not added again. */
export function longerHistory(
  history: readonly ChangeFragment[],
  changes: readonly ChangeFragment[],
  recordId: string,
): readonly ChangeFragment[] {
  const known = new Set(history.map(({ cursor }) => cursor));
  const added = changes.filter((change) => change.recordId === recordId && !known.has(change.cursor));
  return added.length === 0 ? history : [...history, ...added];
}

/** What happened to a record, oldest first. */
export function History({ changes }: { readonly changes: readonly ChangeFragment[] }): ReactNode {
  return (
    <section aria-labelledby="history">
      <h2 id="history">History</h2>
      {changes.length === 0 && <p className="quiet">No changes are kept of it.</p>}
      <ol className="history">
        {changes.map(({ cursor, at, from, to, deleted, reason, actor }) => (
          <li key={cursor}>
            <ExactMoment at={at} />
            <span>
              {from && !deleted && (
                <>
                  <StateWord state={from} />
                  <span aria-label="then"> → </span>
                </>
              )}
              <StateWord state={to} />
              {deleted && ' deleted'}
            </span>
            <span className="quiet">
              {reason}
              {actor && ` (${actor})`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

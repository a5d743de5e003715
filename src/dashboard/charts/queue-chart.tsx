import type { ReactNode } from 'react';
import { Link } from '../link.js';
import { addressOf, filtersOf } from '../list/filters.js';
import type { ChartsFragment, State } from '../operations/documents.js';
import { STATE_WORDS, SYSTEM_WORDS } from '../records/words.js';
import type { ChartFilters } from './filters.js';

type Depth = ChartsFragment['queueDepths'][number];

const SHOWN = [
  ['RUNNING', 'running'],
  ['QUEUED', 'queued'],
  ['PLANNED', 'planned'],
] as const satisfies readonly (readonly [State, keyof Depth])[];

/** How many records wait and are worked on now, in each system. The numbers lead to them. */
export function QueueChart({
  depths,
  filters,
}: {
  readonly depths: readonly Depth[];
  readonly filters: ChartFilters;
}): ReactNode {
  const largest = Math.max(1, ...depths.map(({ running, queued, planned }) => running + queued + planned));
  return (
    <section aria-labelledby="queue">
      <h2 id="queue">Waiting and running now</h2>
      <table className="queue">
        <thead>
          <tr>
            <th scope="col">System</th>
            {SHOWN.map(([state]) => (
              <th key={state} scope="col" data-state={state}>
                {STATE_WORDS[state]}
              </th>
            ))}
            <td className="depth" />
          </tr>
        </thead>
        <tbody>
          {depths.map((depth) => (
            <tr key={depth.system}>
              <th scope="row">{SYSTEM_WORDS[depth.system]}</th>
              {SHOWN.map(([state, key]) => (
                <td key={state}>
                  <Count count={depth[key]} depth={depth} state={state} filters={filters} />
                </td>
              ))}
              <td className="depth" aria-hidden="true">
                <DepthBar depth={depth} largest={largest} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

interface CountProps {
  readonly count: number;
  readonly depth: Depth;
  readonly state: State;
  readonly filters: ChartFilters;
}

function Count({ count, depth: { system }, state, filters: { kind, project } }: CountProps): ReactNode {
  if (count === 0) return <span className="quiet">0</span>;
  const href = addressOf({ ...filtersOf(''), kind, project, system, states: [state] });
  return (
    <Link href={href}>
      {count.toLocaleString('en')}
      <span className="unseen">
        {' '}
        {STATE_WORDS[state].toLowerCase()} {kind} of {SYSTEM_WORDS[system]}
      </span>
    </Link>
  );
}

function DepthBar({ depth, largest }: { readonly depth: Depth; readonly largest: number }): ReactNode {
  return SHOWN.map(([state, key]) => (
    <span key={state} data-state={state} style={{ width: `${((depth[key] / largest) * 100).toFixed(2)}%` }} />
  ));
}

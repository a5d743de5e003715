import type { ReactNode } from 'react';
import type { ChartsFragment, State } from '../operations/documents.js';
import { STATE_WORDS, STATES } from '../records/words.js';
import { BarChart } from './bar-chart.js';
import { bucketsOf, type ChartFilters } from './filters.js';
import { Numbers } from './numbers.js';
import { bucketLabel, bucketWords, isLabelled } from './scale.js';

type Buckets = ChartsFragment['finished'];
type Counts = Buckets[number]['counts'];

/** What is usual lies at the bottom. */
const UPWARDS: readonly State[] = ['SUCCEEDED', ...STATES.filter((state) => state !== 'SUCCEEDED')];

interface FinishedChartProps {
  readonly buckets: Buckets;
  readonly filters: ChartFilters;
}

/** How many records ended when, by state. */
export function FinishedChart({ buckets, filters }: FinishedChartProps): ReactNode {
  const { bucket } = bucketsOf(filters);
  const shown = UPWARDS.filter((state) => totalOf(buckets, state) > 0);
  const total = buckets.reduce((sum, { counts }) => sum + counts.total, 0);
  const starts = buckets.map(({ startsAt }) => Date.parse(startsAt));
  const words = buckets.map(({ startsAt, endsAt }) => bucketWords(Date.parse(startsAt), Date.parse(endsAt), bucket));
  const label = `${total.toLocaleString('en')} ${filters.kind} ended, over time and by state`;
  return (
    <section aria-labelledby="finished">
      <h2 id="finished">
        Ended over time <span className="quiet">{total.toLocaleString('en')}</span>
      </h2>
      {total === 0 && <p className="notice">No {filters.kind} ended in this time.</p>}
      {total > 0 && (
        <>
          <Legend buckets={buckets} states={shown} />
          <BarChart
            label={label}
            bars={buckets.map(({ startsAt, counts }, index) => ({
              key: startsAt,
              title: `${words[index]}: ${wordsOf(counts, shown)}`,
              parts: shown.map((state) => ({ state, value: counts[keyOf(state)] })),
            }))}
            labels={(most) =>
              starts.flatMap((start, at) =>
                isLabelled(start, bucket, starts.length, most) ? [{ at, text: bucketLabel(start, bucket) }] : [],
              )
            }
          />
          <Numbers
            label={label}
            columns={['Time', ...shown.map((state) => STATE_WORDS[state])]}
            rows={buckets.map(({ counts }, index) => [
              words[index] ?? '',
              ...shown.map((state) => counts[keyOf(state)]),
            ])}
          />
        </>
      )}
    </section>
  );
}

function Legend({ buckets, states }: { readonly buckets: Buckets; readonly states: readonly State[] }): ReactNode {
  return (
    <ul className="legend">
      {states.map((state) => (
        <li key={state} data-state={state}>
          {STATE_WORDS[state]} <span className="quiet">{totalOf(buckets, state).toLocaleString('en')}</span>
        </li>
      ))}
    </ul>
  );
}

function wordsOf(counts: Counts, states: readonly State[]): string {
  const parts = states.flatMap((state) => {
    const count = counts[keyOf(state)];
    return count > 0 ? [`${count.toLocaleString('en')} ${STATE_WORDS[state].toLowerCase()}`] : [];
  });
  return parts.length === 0 ? 'none' : parts.join(', ');
}

function totalOf(buckets: Buckets, state: State): number {
  return buckets.reduce((sum, { counts }) => sum + counts[keyOf(state)], 0);
}

function keyOf(state: State): Lowercase<State> {
  return state.toLowerCase() as Lowercase<State>;
}

import type { ReactNode } from 'react';
import type { ChartsFragment } from '../operations/documents.js';
import { spanText } from '../records/times.js';
import { BarChart } from './bar-chart.js';
import { Numbers } from './numbers.js';
import { shortSpan } from './scale.js';

type Durations = ChartsFragment['durations'];
type Bin = Durations['bins'][number];

/** Fewest bins that are shown, so that a single one is no wall. */
const FEWEST = 8;

/** How long work took. */
export function DurationsChart({
  durations,
  kind,
}: {
  readonly durations: Durations;
  readonly kind: string;
}): ReactNode {
  const { total, medianMs, p90Ms } = durations;
  const bins = filledBins(durations.bins);
  const label = `How long ${total.toLocaleString('en')} ${kind} took`;
  return (
    <section aria-labelledby="durations">
      <h2 id="durations">How long they took</h2>
      {total === 0 && <p className="notice">Of none that ended is known how long it took.</p>}
      {total > 0 && (
        <>
          <dl className="quantiles">
            <Quantile word="Half of them within" milliseconds={medianMs} />
            <Quantile word="9 of 10 within" milliseconds={p90Ms} />
          </dl>
          <BarChart
            label={label}
            bars={bins.map((bin) => ({
              key: bin.fromMs,
              title: `${binWords(bin)}: ${bin.total.toLocaleString('en')}`,
              parts: [{ value: bin.total }],
            }))}
            labels={(most) =>
              bins.flatMap((bin, at) => (at % Math.ceil(bins.length / most) === 0 ? [edge(bin, at)] : []))
            }
            lines={[...lineAt(bins, medianMs, 'median'), ...lineAt(bins, p90Ms, '90 %')]}
          />
          <Numbers label={label} columns={['Took', 'Number']} rows={bins.map((bin) => [binWords(bin), bin.total])} />
        </>
      )}
    </section>
  );
}

function Quantile(props: { readonly word: string; readonly milliseconds: number | null | undefined }): ReactNode {
  const { word, milliseconds } = props;
  if (milliseconds === null || milliseconds === undefined) return null;
  return (
    <div>
      <dt>{word}</dt>
      <dd>{milliseconds < 1_000 ? `${milliseconds} ms` : spanText(milliseconds)}</dd>
    </div>
  );
}

/** The bins from the first to the last that has something in it, and some around them where these are few. */
function filledBins(bins: readonly Bin[]): readonly Bin[] {
  const first = bins.findIndex(({ total }) => total > 0);
  const last = bins.findLastIndex(({ total }) => total > 0);
  const missing = Math.max(0, FEWEST - (last - first + 1));
  const begin = Math.max(0, Math.min(first - Math.floor(missing / 2), bins.length - FEWEST));
  return bins.slice(begin, Math.max(last + 1, begin + FEWEST));
}

function edge({ fromMs }: Bin, at: number): { readonly at: number; readonly text: string } {
  return { at, text: fromMs === 0 ? '0' : shortSpan(fromMs) };
}

function binWords({ fromMs, toMs }: Bin): string {
  if (toMs === null || toMs === undefined) return `${shortSpan(fromMs)} and longer`;
  return fromMs === 0 ? `less than ${shortSpan(toMs)}` : `${shortSpan(fromMs)} to ${shortSpan(toMs)}`;
}

/** Where a duration stands among the bins: in its bin as far as it is through it. */
function lineAt(
  bins: readonly Bin[],
  milliseconds: number | null | undefined,
  text: string,
): { readonly at: number; readonly text: string }[] {
  if (milliseconds === null || milliseconds === undefined) return [];
  const index = bins.findLastIndex(({ fromMs }) => fromMs <= milliseconds);
  const { fromMs = 0, toMs } = bins[index] ?? {};
  const through = toMs ? (milliseconds - fromMs) / (toMs - fromMs) : 0.5;
  return [{ at: index + through, text }];
}

import '../style/charts.css';
import { useEffect, type ReactNode } from 'react';
import { useSearch } from 'wouter/use-browser-location';
import { Trouble } from '../trouble.js';
import { ChartFilterBar } from './chart-filters.js';
import { DurationsChart } from './durations-chart.js';
import { chartFiltersOf } from './filters.js';
import { FinishedChart } from './finished-chart.js';
import { useLiveCharts, useStretch, type ChartsNow } from './live-charts.js';
import { QueueChart } from './queue-chart.js';

/** What is easier to see than to read: when work ended and how, how long it took, how much waits. */
// React loads a module by its default export.
// oxlint-disable-next-line import/no-default-export
export default function ChartsPage(): ReactNode {
  const filters = chartFiltersOf(useSearch());
  const stretch = useStretch(filters);
  const { data, isLoading, error, reload } = useLiveCharts(filters, stretch);
  useEffect(() => {
    document.title = 'Charts · Buildgate';
  }, []);
  return (
    <main aria-busy={isLoading}>
      <h1>Charts</h1>
      <ChartFilterBar filters={filters} stretch={stretch} />
      {error && <Trouble error={error} onRetry={reload} />}
      {data ? <Charts now={data} /> : !error && <p className="notice">Loading…</p>}
    </main>
  );
}

function Charts({ now: { statistics, filters } }: { readonly now: ChartsNow }): ReactNode {
  return (
    <div className="charts">
      <FinishedChart buckets={statistics.finished} filters={filters} />
      <DurationsChart durations={statistics.durations} kind={filters.kind} />
      <QueueChart depths={statistics.queueDepths} filters={filters} />
    </div>
  );
}

import type { ReactNode } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { Link } from '../link.js';
import { Choice } from '../list/choice.js';
import { KIND_WORDS, KINDS } from '../list/filters.js';
import { ProjectField } from '../list/project-field.js';
import { SYSTEM_WORDS, SYSTEMS } from '../records/words.js';
import { chartsAddress, type ChartFilters, type ChartPeriod } from './filters.js';
import type { Stretch } from './live-charts.js';

const PERIOD_WORDS: Readonly<Record<ChartPeriod, string>> = {
  '1h': 'One hour',
  '24h': 'One day',
  '7d': 'One week',
  '30d': '30 days',
  '90d': '90 days',
};

/** What the charts are about; every choice goes to the address, which they follow. */
export function ChartFilterBar({
  filters,
  stretch,
}: {
  readonly filters: ChartFilters;
  readonly stretch: Stretch;
}): ReactNode {
  const change = (changes: Partial<ChartFilters>): void => navigate(chartsAddress({ ...filters, ...changes }));
  const { kind, system, project, period } = filters;
  return (
    <search aria-label="Filters" className="filters">
      <div className="fields">
        <Choice
          label="Kind"
          value={kind}
          options={KINDS.map((one) => [one, KIND_WORDS[one]])}
          onChange={(next) => change({ kind: next ?? kind })}
        />
        <Choice
          label="System"
          all="All systems"
          value={system}
          options={SYSTEMS.map((one) => [one, SYSTEM_WORDS[one]])}
          onChange={(next) => change({ system: next, project: '' })}
        />
        <ProjectField key={project} system={system} value={project} onChange={(next) => change({ project: next })} />
        <Choice
          label="Time"
          value={period}
          options={Object.entries(PERIOD_WORDS) as [ChartPeriod, string][]}
          onChange={(next) => change({ period: next ?? period })}
        />
        <TimeLinks filters={filters} stretch={stretch} />
      </div>
    </search>
  );
}

/** The stretches of time before and behind the one that is shown, and back to the present. */
function TimeLinks({
  filters,
  stretch: { from, to },
}: {
  readonly filters: ChartFilters;
  readonly stretch: Stretch;
}): ReactNode {
  return (
    <nav aria-label="Earlier and later" className="times">
      <Link href={chartsAddress({ ...filters, until: from })}>Earlier</Link>
      {filters.until !== null && (
        <>
          <Link href={chartsAddress({ ...filters, until: to + (to - from) })}>Later</Link>
          <Link href={chartsAddress({ ...filters, until: null })}>Now</Link>
        </>
      )}
    </nav>
  );
}

import '../style/usage.css';
import { useEffect, type ReactNode } from 'react';
import { navigate, useSearch } from 'wouter/use-browser-location';
import { request, type Refusal } from '../gateway/request.js';
import { useLive } from '../gateway/use-live.js';
import { Link } from '../link.js';
import { Choice } from '../list/choice.js';
import { TextField } from '../list/text-field.js';
import { LegacyUsageDocument, type LegacyUsageQuery } from '../operations/documents.js';
import { SYSTEM_WORDS, SYSTEMS } from '../records/words.js';
import { Trouble } from '../trouble.js';
import { usageAddress, usageFiltersOf, usageVariables, type UsageFilters } from './filters.js';
import { UsageTable } from './usage-table.js';

type Usage = LegacyUsageQuery['legacyRouteUse'];

/** For operators: which clients called which routes of the old APIs in the last 30 days. */
// React loads a module by its default export.
// oxlint-disable-next-line import/no-default-export
export default function UsagePage(): ReactNode {
  const filters = usageFiltersOf(useSearch());
  const { data, isLoading, error, reload } = useLive<Usage, never>({
    key: usageAddress(filters),
    load: async (signal) => {
      const { legacyRouteUse } = await request(LegacyUsageDocument, usageVariables(filters), signal);
      return { data: legacyRouteUse, cursor: '' };
    },
    // Numbers that grow with every call are read when somebody looks, and not followed.
    subscriptions: [],
    apply: (usage) => usage,
  });
  useEffect(() => {
    document.title = 'Old clients · Buildgate';
  }, []);
  return (
    <main aria-busy={isLoading}>
      <h1>Old clients</h1>
      {error ? <Refused error={error} onRetry={reload} /> : <Shown usage={data} filters={filters} />}
    </main>
  );
}

/** Why nothing is shown, and what to do about it. */
function Refused({ error, onRetry }: { readonly error: Refusal; readonly onRetry: () => void }): ReactNode {
  if (error.code === 'UNAUTHENTICATED')
    return <p className="notice">Sign in to see which clients call the old APIs: this page is for operators.</p>;
  if (error.code === 'FORBIDDEN')
    return <p className="notice">This page is for administrators and users with the role operator.</p>;
  return <Trouble error={error} onRetry={onRetry} />;
}

function Shown({ usage, filters }: { readonly usage: Usage | null; readonly filters: UsageFilters }): ReactNode {
  const change = (changes: Partial<UsageFilters>): void =>
    navigate(usageAddress({ ...filters, ...changes, after: null }));
  return (
    <>
      <p className="quiet">Calls of the last 30 days, by route and by what the client calls itself.</p>
      <search aria-label="Filters" className="filters">
        <div className="fields">
          <TextField label="Client contains" value={filters.client} onChange={(client) => change({ client })} />
          <Choice
            label="System"
            all="All systems"
            value={filters.system}
            options={SYSTEMS.map((system) => [system, SYSTEM_WORDS[system]])}
            onChange={(system) => change({ system })}
          />
        </div>
      </search>
      {usage ? <Rows usage={usage} filters={filters} /> : <p className="notice">Loading…</p>}
    </>
  );
}

function Rows({ usage, filters }: { readonly usage: Usage; readonly filters: UsageFilters }): ReactNode {
  const { nodes, totalCount, pageInfo } = usage;
  if (nodes.length === 0) {
    const isNarrowed = filters.system !== null || filters.client !== '';
    return <p className="notice">{isNarrowed ? 'No calls match these filters.' : 'Nobody calls the old APIs.'}</p>;
  }
  return (
    <>
      <p className="quiet">
        {totalCount.toLocaleString('en')} {totalCount === 1 ? 'row' : 'rows'}
      </p>
      <UsageTable uses={nodes} filters={filters} />
      <nav aria-label="Pages" className="pager">
        {filters.after !== null && <Link href={usageAddress({ ...filters, after: null })}>First</Link>}
        {pageInfo.hasNextPage && (
          <Link href={usageAddress({ ...filters, after: pageInfo.endCursor ?? null })}>Next</Link>
        )}
      </nav>
    </>
  );
}

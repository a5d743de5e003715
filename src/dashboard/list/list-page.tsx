import { useEffect, type ReactNode } from 'react';
import { navigate, useSearch } from 'wouter/use-browser-location';
import { Link } from '../link.js';
import { Trouble } from '../trouble.js';
import { FilterBar } from './filter-bar.js';
import { addressOf, filtersOf, isNarrowed, KIND_WORDS, withFilters, type ListFilters } from './filters.js';
import { useLiveList, type ListPage as Page } from './live-list.js';
import { RecordTable } from './record-table.js';
import { useStateTotals } from './state-totals.js';

/** The live list that the address asks for. */
export function ListPage(): ReactNode {
  const filters = filtersOf(useSearch());
  const { data, isLoading, error, reload } = useLiveList(filters);
  const totals = useStateTotals(filters, data);
  const title = KIND_WORDS[filters.kind];
  useEffect(() => {
    document.title = `${title} · Buildgate`;
  }, [title]);
  const page = data?.kind === filters.kind ? data : null;
  const showNewest = (): void => {
    if (filters.after === null && filters.before === null) reload();
    else navigate(addressOf(withFilters(filters, {})));
  };
  return (
    <main aria-busy={isLoading}>
      <h1>{title}</h1>
      <FilterBar filters={filters} totals={totals} />
      {error && <Trouble error={error} onRetry={reload} />}
      <Arrivals count={page?.arrived.size ?? 0} onShow={showNewest} />
      {page ? <Rows page={page} filters={filters} /> : !error && <p className="notice">Loading…</p>}
    </main>
  );
}

/** Says how many records came; they are shown when one asks for them. */
function Arrivals({ count, onShow }: { readonly count: number; readonly onShow: () => void }): ReactNode {
  return (
    <div className="arrivals" aria-live="polite">
      {count > 0 && (
        <button type="button" onClick={onShow}>
          {count} new
          <span className="unseen"> in this list; show</span>
        </button>
      )}
    </div>
  );
}

function Rows({ page, filters }: { readonly page: Page; readonly filters: ListFilters }): ReactNode {
  if (page.rows.length > 0) {
    return (
      <>
        <RecordTable {...page} />
        <Pager page={page} filters={filters} />
      </>
    );
  }
  return (
    <p className="notice">
      {isNarrowed(filters) ? `No ${filters.kind} match these filters.` : `There are no ${filters.kind} yet.`}
    </p>
  );
}

function Pager({ page: { pageInfo }, filters }: { readonly page: Page; readonly filters: ListFilters }): ReactNode {
  const { startCursor, endCursor, hasNextPage, hasPreviousPage } = pageInfo;
  const isFirst = filters.after === null && filters.before === null;
  if (isFirst && !hasNextPage) return null;
  const newer = addressOf({ ...filters, after: null, before: startCursor ?? null });
  const older = addressOf({ ...filters, before: null, after: endCursor ?? null });
  return (
    <nav aria-label="Pages" className="pager">
      {!isFirst && <Link href={addressOf(withFilters(filters, {}))}>Newest</Link>}
      {hasPreviousPage && <Link href={newer}>Newer</Link>}
      {hasNextPage && <Link href={older}>Older</Link>}
    </nav>
  );
}

import type { ReactNode } from 'react';
import { usePathname, useSearch } from 'wouter/use-browser-location';
import { Account } from './account/account.js';
import { CHARTS_PATH, USAGE_PATH } from './address.js';
import { chartFiltersOf, chartsAddress, chartsOfList } from './charts/filters.js';
import { useConnectionState, type ConnectionState } from './gateway/connection.js';
import { Link } from './link.js';
import { addressOf, filtersOf, KIND_WORDS, KINDS, withFilters } from './list/filters.js';

/** The gateway says in the page when it serves none. */
const HAS_GRAPHIQL = document.querySelector('#no-graphiql') === null;

/** What stands above every page. */
export function Header(): ReactNode {
  const search = useSearch();
  const filters = filtersOf(search);
  const path = usePathname();
  const isList = path === '/';
  const isCharts = path === CHARTS_PATH;
  return (
    <header>
      <Link className="brand" href="/">
        Buildgate
      </Link>
      <nav aria-label="Records" className="lists">
        {KINDS.map((kind) => {
          const href = addressOf(isList ? withFilters(filters, { kind, period: null }) : { ...filtersOf(''), kind });
          return (
            <Link key={kind} href={href} aria-current={isList && filters.kind === kind ? 'page' : undefined}>
              {KIND_WORDS[kind]}
            </Link>
          );
        })}
        <Link
          href={chartsAddress(isList ? chartsOfList(filters) : chartFiltersOf(isCharts ? search : ''))}
          aria-current={isCharts ? 'page' : undefined}
        >
          Charts
        </Link>
      </nav>
      <nav aria-label="Gateway" className="others">
        <Link href={USAGE_PATH} aria-current={path === USAGE_PATH ? 'page' : undefined}>
          Old clients
        </Link>
        {HAS_GRAPHIQL && <a href="/graphiql">GraphiQL</a>}
        <a href="/about">About &amp; APIs</a>
      </nav>
      <ConnectionWord />
      <Account />
    </header>
  );
}

const CONNECTION_WORDS: Readonly<Record<ConnectionState, string>> = {
  connecting: '',
  live: 'Live',
  lost: 'Connection lost, catching up…',
};

function ConnectionWord(): ReactNode {
  const state = useConnectionState();
  return (
    <span role="status" className="connection" data-connection={state}>
      {CONNECTION_WORDS[state]}
    </span>
  );
}

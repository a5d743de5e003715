import type { ReactNode } from 'react';
import { Link } from '../link.js';
import type { LegacyUsageQuery } from '../operations/documents.js';
import { Moment } from '../records/times.js';
import { SYSTEM_WORDS } from '../records/words.js';
import { sortingOf, usageAddress, type UsageFilters, type UsageOrder } from './filters.js';

type Use = LegacyUsageQuery['legacyRouteUse']['nodes'][number];

const TITLES: readonly (readonly [order: UsageOrder, title: string])[] = [
  ['requests', 'Requests'],
  ['refused', '4xx'],
  ['errors', '5xx'],
  ['route', 'Route'],
  ['client', 'Client'],
  ['last', 'Last call'],
];

/** Who calls what, sorted as the address says. On a narrow window each row is a card that stays a table for screen readers. */
export function UsageTable(props: { readonly uses: readonly Use[]; readonly filters: UsageFilters }): ReactNode {
  const { uses, filters } = props;
  return (
    <table role="table" className="records uses" aria-label="Calls of the last 30 days">
      <thead role="rowgroup">
        <tr role="row">
          {TITLES.map(([order, title]) => (
            <th
              key={order}
              role="columnheader"
              scope="col"
              aria-sort={filters.order === order ? sortingOf(order) : undefined}
            >
              <Link href={usageAddress({ ...filters, order, after: null })}>{title}</Link>
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {uses.map((use) => (
          <UsageLine key={`${use.system} ${use.method} ${use.route} ${use.userAgent}`} use={use} />
        ))}
      </tbody>
    </table>
  );
}

function UsageLine({ use }: { readonly use: Use }): ReactNode {
  const { system, method, route, userAgent, requests, clientErrors, serverErrors, lastAt } = use;
  return (
    <tr role="row">
      <Count count={requests} unit={requests === 1 ? 'request' : 'requests'} />
      <Count count={clientErrors} unit="with 4xx" />
      <Count count={serverErrors} unit="with 5xx" />
      <td role="cell" className="of-name">
        <RouteName system={system} method={method} route={route} />
      </td>
      <td role="cell" className="of-client">
        {userAgent || <span className="quiet">does not say</span>}
      </td>
      <td role="cell" className="of-time">
        <Moment at={lastAt} />
      </td>
    </tr>
  );
}

/** A number with its unit, which the column says where there is one. */
function Count({ count, unit }: { readonly count: number; readonly unit: string }): ReactNode {
  return (
    <td role="cell" className="of-count" data-zero={count === 0 || undefined}>
      {count.toLocaleString('en')}
      <span className="unit"> {unit}</span>
    </td>
  );
}

/** A route as its reference writes it, with the way there. */
function RouteName({ system, method, route }: Pick<Use, 'system' | 'method' | 'route'>): ReactNode {
  const isKnown = route !== 'none';
  return (
    <>
      <span className="quiet">{method}</span>{' '}
      {isKnown ? <a href={`/reference/${system.toLowerCase()}`}>{route}</a> : 'what it does not have'}
      <span className="remark">{SYSTEM_WORDS[system]}</span>
    </>
  );
}

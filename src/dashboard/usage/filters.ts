import type { LegacyRouteUseOrder, LegacyUsageQueryVariables, System } from '../operations/documents.js';
import { USAGE_PATH } from '../address.js';
import { SYSTEMS } from '../records/words.js';

/** What the rows can be sorted by, and which end of it comes first. */
const ORDERS = {
  requests: { field: 'REQUESTS', direction: 'DESC' },
  errors: { field: 'SERVER_ERRORS', direction: 'DESC' },
  refused: { field: 'CLIENT_ERRORS', direction: 'DESC' },
  route: { field: 'ROUTE', direction: 'ASC' },
  client: { field: 'USER_AGENT', direction: 'ASC' },
  last: { field: 'LAST_AT', direction: 'DESC' },
} as const satisfies Readonly<Record<string, LegacyRouteUseOrder>>;
export type UsageOrder = keyof typeof ORDERS;

/** Rows of a page. */
const PAGE_ROWS = 100;

/** What the page of old clients is narrowed to and sorted by, as the address says it. */
export interface UsageFilters {
  readonly system: System | null;
  /** Part of what the client calls itself, in any case. */
  readonly client: string;
  readonly order: UsageOrder;
  /** Cursor: the page behind it; the first page without. */
  readonly after: string | null;
}

/** The filters that an address holds; what it does not understand is as if it were not there. */
export function usageFiltersOf(search: string): UsageFilters {
  const query = new URLSearchParams(search);
  const orders = Object.keys(ORDERS) as UsageOrder[];
  return {
    system: SYSTEMS.find((system) => system === query.get('system')) ?? null,
    client: query.get('client') ?? '',
    order: orders.find((order) => order === query.get('order')) ?? 'requests',
    after: query.get('after'),
  };
}

/** The address of the page; other filters begin at its first rows. */
export function usageAddress({ system, client, order, after }: UsageFilters): string {
  const query = new URLSearchParams();
  const values = { system, client, order: order === 'requests' ? null : order, after };
  for (const [name, value] of Object.entries(values)) if (value) query.set(name, value);
  return query.size === 0 ? USAGE_PATH : `${USAGE_PATH}?${query}`;
}

/** What is asked for: calls of the same number stand by route and client. */
export function usageVariables({ system, client, order, after }: UsageFilters): LegacyUsageQueryVariables {
  const orders = [ORDERS[order], ORDERS.route, ORDERS.client];
  return {
    filter: { ...(system && { system: { eq: system } }), ...(client && { userAgent: { icontains: client } }) },
    orderBy: orders.filter(({ field }, index) => orders.findIndex((one) => one.field === field) === index),
    first: PAGE_ROWS,
    after,
  };
}

/** Which way the rows of an order are sorted, in ARIA's words. */
export function sortingOf(order: UsageOrder): 'ascending' | 'descending' {
  return ORDERS[order].direction === 'ASC' ? 'ascending' : 'descending';
}

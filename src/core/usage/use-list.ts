import { RecordList, type ListExtension } from '../list/fields.js';
import type { OrderInput } from '../list/order.js';
import { System } from '../model/states.js';
import type { RouteUse } from './route-use.js';

/** How often one client called one route, over some days. */
export interface RouteUseRow extends Omit<RouteUse, 'day'> {
  readonly id: number;
}

const DECLARATION: ListExtension = {
  columns: {
    id: 'id',
    system: 'system',
    route: 'route',
    method: 'method',
    userAgent: 'user_agent',
    requests: 'requests',
    clientErrors: 'client_errors',
    serverErrors: 'server_errors',
    firstAt: 'first_at',
    lastAt: 'last_at',
  },
  fields: {
    system: { column: 'system', type: 'enum', values: System, nullable: false, description: 'System whose API it is.' },
    route: { column: 'route', type: 'text', nullable: false, description: 'Documented URI, below the mount.' },
    method: { column: 'method', type: 'text', nullable: false, description: 'HTTP method.' },
    userAgent: { column: 'user_agent', type: 'text', nullable: false, description: 'What the client calls itself.' },
    requests: { column: 'requests', type: 'integer', nullable: false, description: 'Requests on the days asked for.' },
    lastAt: { column: 'last_at', type: 'time', nullable: false, description: 'The last request on these days.' },
  },
  orders: {
    SYSTEM: { column: 'system', type: 'enum', nullable: false, description: 'System, in the order of the enum.' },
    ROUTE: { column: 'route', type: 'text', nullable: false, description: 'Documented URI, by code point.' },
    METHOD: { column: 'method', type: 'text', nullable: false, description: 'HTTP method.' },
    USER_AGENT: { column: 'user_agent', type: 'text', nullable: false, description: 'Client, by code point.' },
    REQUESTS: { column: 'requests', type: 'integer', nullable: false, description: 'Number of requests.' },
    CLIENT_ERRORS: { column: 'client_errors', type: 'integer', nullable: false, description: 'Answers with 4xx.' },
    SERVER_ERRORS: { column: 'server_errors', type: 'integer', nullable: false, description: 'Answers with 5xx.' },
    LAST_AT: { column: 'last_at', type: 'time', nullable: false, description: 'Time of the last request.' },
  },
};

/** What is called most comes first. */
export const MOST_USED: readonly OrderInput[] = [{ field: 'REQUESTS', direction: 'DESC' }];

/** What can be asked of uses, whatever their days. */
export const ROUTE_USES = usesOn(0, 0);

/**
 * Uses of each route by each client, added up over some days.
 * @param from the first day since 1970-01-01 that counts
 * @param to the last
 */
export function usesOn(from: number, to: number): RecordList {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new Error(`No days: ${from}, ${to}`);
  const sums = ['requests', 'client_errors', 'server_errors'].map((name) => `CAST(SUM(${name}) AS bigint) AS ${name}`);
  const table = `(SELECT MIN(id) AS id, system, route, method, user_agent, ${sums.join(', ')},
    MIN(first_at) AS first_at, MAX(last_at) AS last_at FROM legacy_route_use
    WHERE day BETWEEN ${from} AND ${to} GROUP BY system, route, method, user_agent)`;
  return new RecordList(null, table, DECLARATION);
}

import type { System } from '../model/states.js';
import { raw, sql, type Dialect, type Sql } from '../store/sql.js';

/** Microseconds of a day. */
const DAY_US = 86_400_000_000;

/** How often one client called one route on one day: what is to be added to the row of the day. */
export interface RouteUse {
  /** Days since 1970-01-01, in UTC. */
  readonly day: number;
  readonly system: System;
  /** The documented URI below the mount; `NO_ROUTE` for one that the system does not have. */
  readonly route: string;
  readonly method: string;
  /** Empty where the client does not name itself; `OTHER_AGENTS` for those that came when there were too many. */
  readonly userAgent: string;
  readonly requests: number;
  /** Of the requests, those answered with 400 to 499. */
  readonly clientErrors: number;
  /** Those answered with 500 to 599. */
  readonly serverErrors: number;
  /** Microseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** Stands for the route of a URI that the system does not have. */
export const NO_ROUTE = 'none';
/** Stands for all clients beyond those that are told apart. */
export const OTHER_AGENTS = 'other';

/** The day in UTC of a time in microseconds. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_US);
}

/** When a day begins, in microseconds since 1970. */
export function startOfDay(day: number): number {
  return day * DAY_US;
}

const COLUMNS = `day, system, route, method, user_agent, requests, client_errors, server_errors, first_at, last_at`;
const MEMBERS = `day, system, route, method, "userAgent", requests, "clientErrors", "serverErrors", "firstAt", "lastAt"`;
const TYPES = `day integer, system smallint, route text, method text, "userAgent" text, requests bigint,
  "clientErrors" bigint, "serverErrors" bigint, "firstAt" bigint, "lastAt" bigint`;

/** Adds uses to the rows of their days, in one statement whose text does not depend on how many there are. */
export function addUses(dialect: Dialect, uses: readonly RouteUse[]): Sql {
  // Several gateways that lock the same rows in one order do not wait for each other in a circle.
  const rows = JSON.stringify([...uses].sort(byKey));
  const [from, least, most] =
    dialect === 'sqlite'
      ? [sql`SELECT ${raw(EXTRACTED)} FROM json_each(${rows}) WHERE true`, 'min', 'max']
      : [
          sql`SELECT ${raw(MEMBERS)} FROM jsonb_to_recordset(${rows}::jsonb) AS use (${raw(TYPES)})`,
          'least',
          'greatest',
        ];
  return sql`INSERT INTO legacy_route_use (${raw(COLUMNS)}) ${from}
    ON CONFLICT (day, system, route, method, user_agent) DO UPDATE SET
      requests = legacy_route_use.requests + excluded.requests,
      client_errors = legacy_route_use.client_errors + excluded.client_errors,
      server_errors = legacy_route_use.server_errors + excluded.server_errors,
      first_at = ${raw(least)}(legacy_route_use.first_at, excluded.first_at),
      last_at = ${raw(most)}(legacy_route_use.last_at, excluded.last_at)`;
}

const EXTRACTED = MEMBERS.split(', ')
  .map((member) => `value ->> '${member.replaceAll('"', '')}'`)
  .join(', ');

function byKey(one: RouteUse, other: RouteUse): number {
  const [first, second] = [keyOf(one), keyOf(other)];
  return first < second ? -1 : Number(first > second);
}

function keyOf({ day, system, route, method, userAgent }: RouteUse): string {
  return [day, system, route, method, userAgent].join('\n');
}

/** Deletes the rows of the oldest day, if that is before a day. */
export function dropOldestDay(before: number): Sql {
  return sql`DELETE FROM legacy_route_use WHERE day = (SELECT MIN(day) FROM legacy_route_use) AND day < ${before}`;
}

import { writeFileSync } from 'node:fs';
import type { Bench, Row } from '../bench.ts';
import { ask, loadContest, type Request } from '../load.ts';
import { kept, startGateway, startReference } from '../processes.ts';

/** Old pages that are walked: near the start of the list, where to skip what comes before costs next to nothing. */
export const WALKED = 100;
/**
 * A parameter that no API knows. Links repeat it, so that no two answers of a walk are the same bytes: nothing that was
 * kept of one page serves for another.
 */
const ONCE = 'visit={n}';

type Version = '1' | '2';

/** Where the old pages of a version are. */
export function address(version: Version, page: number): string {
  return `/freshmaker/api/${version}/events/?per_page=10&page=${page}`;
}

/** Pages from one on, one after the other. */
export function walk(version: Version, from = 1): Request[] {
  return Array.from({ length: WALKED }, (_, index) => ({
    method: 'GET',
    path: `${address(version, from + index)}&${ONCE}`,
  }));
}

/** Which of the databases of a bench. */
export type Database = 'sqlite' | 'postgresql';

/** Address of one of the databases of a bench. */
export async function databaseUrl({ data }: Bench, database: Database): Promise<string> {
  return database === 'sqlite' ? `sqlite:${await data.sqlite()}` : data.postgresql();
}

interface PageRow extends Pick<Row, 'name' | 'goal'> {
  readonly version: Version;
  readonly database: Database;
  readonly server: 'express' | 'plain-http';
}

const PAGES = { '1': 'REST page, v1, 10 events with their builds', '2': 'REST list page, v2, 10 events' };
const SERVERS = { express: 'Express and prepared statements', 'plain-http': 'node:http and prepared statements' };
/** What they are called. */
export const DATABASES = { sqlite: 'SQLite', postgresql: 'PostgreSQL' };

function pageRow({ name, goal, version, database, server }: PageRow): Row {
  return {
    name,
    goal,
    unit: 'pages',
    ratio: 'speed',
    work: `${PAGES[version]}, not kept, ${DATABASES[database]}`,
    reference: SERVERS[server],
    prepare: async (bench) => {
      const url = await databaseUrl(bench, database);
      const ours = await kept(bench, startGateway(url));
      const reference = await kept(bench, startReference(`${server}.ts`, url));
      const requests = walk(version);
      return loadContest(bench, { server: ours, requests }, { server: reference, requests });
    },
  };
}

function polledRow(name: string, version: Version): Row {
  return {
    name,
    goal: { floor: 0.6, aim: 0.85 },
    unit: 'pages',
    ratio: 'speed',
    work: `${PAGES[version]}, polled while nothing changes`,
    reference: 'node:http and constant bytes',
    prepare: async (bench) => {
      const ours = await kept(bench, startGateway(`sqlite:${await bench.data.sqlite()}`));
      const requests: Request[] = [{ method: 'GET', path: address(version, 1) }];
      const file = bench.data.file(`${name}.json`);
      writeFileSync(file, await ask(ours, requests[0]!));
      const reference = await kept(bench, startReference('constant.ts', file));
      return loadContest(bench, { server: ours, requests }, { server: reference, requests });
    },
  };
}

const LIST = { floor: 0.75, aim: 1 };
const NESTED = { floor: 0.8, aim: 1.2 };

/** The old pages. */
export const PAGE_ROWS: readonly Row[] = [
  pageRow({ name: 'list', goal: LIST, version: '2', database: 'sqlite', server: 'express' }),
  pageRow({ name: 'list-pg', goal: LIST, version: '2', database: 'postgresql', server: 'express' }),
  pageRow({ name: 'nested', goal: NESTED, version: '1', database: 'sqlite', server: 'express' }),
  pageRow({ name: 'nested-pg', goal: NESTED, version: '1', database: 'postgresql', server: 'express' }),
  pageRow({ name: 'list-http', goal: null, version: '2', database: 'sqlite', server: 'plain-http' }),
  pageRow({ name: 'list-http-pg', goal: null, version: '2', database: 'postgresql', server: 'plain-http' }),
  pageRow({ name: 'nested-http', goal: null, version: '1', database: 'sqlite', server: 'plain-http' }),
  pageRow({ name: 'nested-http-pg', goal: null, version: '1', database: 'postgresql', server: 'plain-http' }),
  polledRow('poll-list', '2'),
  polledRow('poll-nested', '1'),
];

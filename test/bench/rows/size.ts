import type { Bench, Contest, Row } from '../bench.ts';
import { ask, loadContest, type Request } from '../load.ts';
import { kept, startGateway, startReference, type Server } from '../processes.ts';
import { address, databaseUrl, walk, WALKED } from './pages.ts';

/** Number of the last page of ten of the events. */
async function lastPage(server: Server): Promise<number> {
  const answer = await ask(server, { method: 'GET', path: address('2', 1) });
  return (JSON.parse(answer) as { meta: { pages: number } }).meta.pages;
}

/** The last pages, up to the very last. */
async function lastPages(server: Server): Promise<Request[]> {
  return walk('2', Math.max(1, (await lastPage(server)) - WALKED + 1));
}

/** Other answers, so that only times are compared. */
const NOT_COMPARED = { compared: [] };

const LAST_TO_FIRST: Row = {
  name: 'last-page',
  work: 'REST list page, v2, the last pages of all events, SQLite',
  reference: 'the first pages of the gateway itself',
  unit: 'pages',
  ratio: 'time',
  goal: { floor: 1.5, aim: 1.1 },
  prepare: async (bench) => {
    const server = await kept(bench, startGateway(await databaseUrl(bench, 'sqlite')));
    const last = { server, requests: await lastPages(server) };
    return loadContest(bench, last, { server, requests: walk('2') }, NOT_COMPARED);
  },
};

const LAST_TO_OFFSET: Row = {
  name: 'last-page-offset',
  work: 'REST list page, v2, the last pages of all events, SQLite',
  reference: 'Express and prepared statements with plain OFFSET',
  unit: 'pages',
  ratio: 'speed',
  goal: { floor: 5, aim: 8 },
  prepare: async (bench) => {
    const url = await databaseUrl(bench, 'sqlite');
    const ours = await kept(bench, startGateway(url));
    const reference = await kept(bench, startReference('express.ts', url));
    const requests = await lastPages(ours);
    return loadContest(bench, { server: ours, requests }, { server: reference, requests });
  },
};

/** In ascending order: the generator makes the first events of a small and of a large data set alike. */
function oldest(version: '1' | '2'): Request[] {
  return walk(version).map(({ method, path }) => ({ method, path: `${path}&order_by=id` }));
}

async function tenfold(bench: Bench, requests: readonly Request[]): Promise<Contest> {
  const [large, small] = [await bench.data.sqlite(), await bench.data.tenth()];
  const ours = await kept(bench, startGateway(`sqlite:${large}`));
  const reference = await kept(bench, startGateway(`sqlite:${small}`));
  return loadContest(bench, { server: ours, requests }, { server: reference, requests }, NOT_COMPARED);
}

function tenfoldRow(name: string, work: string, requests: readonly Request[]): Row {
  return {
    name,
    work: `${work}, on ten times the data, SQLite`,
    reference: 'the gateway itself on a tenth of it',
    unit: 'pages',
    ratio: 'time',
    goal: { floor: 1.3, aim: 1.05 },
    prepare: (bench) => tenfold(bench, requests),
  };
}

/** What depends on how much there is. */
export const SIZE_ROWS: readonly Row[] = [
  LAST_TO_FIRST,
  LAST_TO_OFFSET,
  tenfoldRow('tenfold-list', 'REST list page, v2, 10 events', oldest('2')),
  tenfoldRow('tenfold-nested', 'REST page, v1, 10 events with their builds', oldest('1')),
];

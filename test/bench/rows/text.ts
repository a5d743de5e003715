import type { Row } from '../bench.ts';
import { loadContest, type Request } from '../load.ts';
import { kept, startGateway, startReference } from '../processes.ts';
import { graphqlRequest } from './graphql.ts';
import { databaseUrl, DATABASES, type Database } from './pages.ts';

type Mode = 'contains' | 'icontains';

const document = (mode: Mode): string => `query Search($text: String!) {
  builds(filter: { system: { eq: FRESHMAKER }, name: { ${mode}: $text } },
    orderBy: [{ field: LEGACY_ID, direction: DESC }], first: 20) { totalCount nodes { legacyId name } }
}`;

/** Parts of the names that the generator makes; the first match dozens of components, the last a few. */
function texts(mode: Mode): string[] {
  const stems = ['web', 'base', 'ruby', 'python', 'nodejs', 'ceph', 'logging'];
  const parts = ['server', 'proxy', 'router', 'agent', 'console', 'sidecar'];
  const found = ['1', '7', '12', '19'].flatMap((number) =>
    parts.flatMap((part) => stems.map((stem) => `${stem}-${part}-${number}`)),
  );
  return mode === 'contains' ? found : found.map((text) => text.toUpperCase());
}

/** A scan is slow: more at once would only wait for each other. */
const CONNECTIONS = 2;

function textRow(mode: Mode, database: Database): Row {
  return {
    name: database === 'sqlite' ? mode : `${mode}-pg`,
    work: `builds whose name ${mode} a text, first page of 20 with the total, ${DATABASES[database]}`,
    reference: 'a scan by the same database behind node:http',
    unit: 'pages',
    ratio: 'speed',
    goal: { floor: 20, aim: 100 },
    prepare: async (bench) => {
      const url = await databaseUrl(bench, database);
      const ours = await kept(bench, startGateway(url));
      const reference = await kept(bench, startReference('text-scan.ts', url));
      const ourRequests = texts(mode).map((text) => graphqlRequest(document(mode), { text }));
      const theirs = texts(mode).map((text): Request => ({
        method: 'GET',
        path: `/?mode=${mode}&text=${encodeURIComponent(text)}`,
      }));
      const content = (answer: unknown): unknown => (answer as { data: { builds: unknown } }).data.builds;
      return loadContest(
        bench,
        { server: ours, requests: ourRequests, content },
        { server: reference, requests: theirs },
        { connections: CONNECTIONS },
      );
    },
  };
}

/** Search by a part of the name. */
export const TEXT_ROWS: readonly Row[] = [
  textRow('contains', 'sqlite'),
  textRow('icontains', 'sqlite'),
  textRow('contains', 'postgresql'),
  textRow('icontains', 'postgresql'),
];

import type { Row } from '../bench.ts';
import { ask, loadContest, type Request } from '../load.ts';
import { kept, startGateway, startReference, type Server } from '../processes.ts';

const EVENTS = 'events(filter: { system: { eq: FRESHMAKER } }, orderBy: [{ field: LEGACY_ID, direction: DESC }]';

/** Every column of both types; the gateway and the hand-written schema answer it alike. */
export const PAGE_DOCUMENT = `query Page($after: String) {
  ${EVENTS}, first: 10, after: $after) {
    nodes {
      id system legacyId name state stateReason requester createdAt startedAt finishedAt
      ... on FreshmakerEvent {
        messageId searchKey eventTypeId dryRun legacyState legacyStateName requestedRebuilds requesterMetadata
        builds(first: 10, orderBy: [{ field: LEGACY_ID, direction: ASC }]) {
          nodes {
            id system legacyId name state stateReason requester submittedAt startedAt finishedAt
            ... on FreshmakerBuild {
              type legacyType legacyState legacyStateName originalNvr rebuiltNvr externalBuildId rebuildReason buildArgs
              odcsComposes
            }
          }
        }
      }
    }
  }
}`;

/** A document that goes through a list and shows its cursors. */
export function cursorDocument(type: string, list: string): string {
  return `query Cursors($after: ${type}) {
    ${list}, first: 100, after: $after) { edges { cursor } pageInfo { endCursor hasNextPage } }
  }`;
}

const PAGES = 1_000;

/** A GraphQL request over HTTP. */
export function graphqlRequest(query: string, variables: object): Request {
  return { method: 'POST', path: '/graphql', body: JSON.stringify({ query, variables }) };
}

/** The data of an answer. */
export async function askGraphql<Data>(server: Pick<Server, 'url'>, query: string, variables = {}): Promise<Data> {
  const answer = JSON.parse(await ask(server, graphqlRequest(query, variables))) as { data: Data; errors?: unknown };
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  return answer.data;
}

/** Where the pages of a walk through the events begin; each page is another request, and costs the same. */
export async function cursors(server: Server, document = cursorDocument('String', EVENTS)): Promise<string[]> {
  const found: string[] = [];
  let after: string | null = null;
  while (found.length < PAGES) {
    const { events }: CursorPage = await askGraphql<CursorPage>(server, document, { after });
    found.push(...events.edges.filter((_, index) => index % 10 === 9).map(({ cursor }) => cursor));
    if (!events.pageInfo.hasNextPage) break;
    after = events.pageInfo.endCursor;
  }
  return found;
}

interface CursorPage {
  readonly events: {
    readonly edges: readonly { readonly cursor: string }[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}

function graphqlRow(row: Pick<Row, 'name' | 'goal' | 'reference'>, program: string): Row {
  return {
    ...row,
    unit: 'pages',
    ratio: 'speed',
    work: 'GraphQL over HTTP, 10 events with up to 10 builds each, SQLite',
    prepare: async (bench) => {
      const file = await bench.data.sqlite();
      const ours = await kept(bench, startGateway(`sqlite:${file}`));
      const reference = await kept(bench, startReference(`${program}.ts`, file));
      const requests = (await cursors(ours)).map((after) => graphqlRequest(PAGE_DOCUMENT, { after }));
      // Ours tells its cost besides.
      const content = (answer: unknown): unknown => (answer as { readonly data?: unknown }).data;
      return loadContest(bench, { server: ours, requests, content }, { server: reference, requests, content });
    },
  };
}

/** GraphQL over HTTP. */
export const GRAPHQL_ROWS: readonly Row[] = [
  graphqlRow(
    { name: 'graphql-apollo', goal: { floor: 2, aim: 3 }, reference: 'Apollo Server, hand-written resolvers and SQL' },
    'apollo',
  ),
  graphqlRow(
    {
      name: 'graphql-mercurius',
      goal: { floor: 0.9, aim: 1.2 },
      reference: 'mercurius with jit, hand-written resolvers and SQL',
    },
    'mercurius',
  ),
];

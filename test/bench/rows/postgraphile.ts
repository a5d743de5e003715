import type { Row } from '../bench.ts';
import { loadContest } from '../load.ts';
import { kept, startGateway, startReference } from '../processes.ts';
import { cursors, cursorDocument, graphqlRequest, PAGE_DOCUMENT } from './graphql.ts';

/** Lists of the table, in the order of the gateway's. */
const EVENTS = 'events: allEvents(condition: { system: 1 }, orderBy: [ROW_ID_DESC]';

/** The same columns as in the gateway's document, as the tables hold them. */
const DOCUMENT = `query Page($after: Cursor) {
  ${EVENTS}, first: 10, after: $after) {
    nodes {
      id rowId system legacyId name state stateReason requester createdAt startedAt finishedAt
      messageId: freshmakerMessageId searchKey: freshmakerSearchKey eventTypeId: freshmakerEventTypeId
      dryRun: freshmakerDryRun legacyState requestedRebuilds: freshmakerRequestedRebuilds
      requesterMetadata: freshmakerRequesterMetadata
      builds: buildsByEventId(first: 10, orderBy: [ROW_ID_ASC]) {
        nodes {
          id rowId system legacyId name state stateReason requester submittedAt startedAt finishedAt
          legacyType: freshmakerType legacyState originalNvr: freshmakerOriginalNvr rebuiltNvr: freshmakerRebuiltNvr
          externalBuildId: freshmakerExternalBuildId rebuildReason: freshmakerRebuildReason
          buildArgs: freshmakerBuildArgs odcsComposes: freshmakerOdcsComposes
        }
      }
    }
  }
}`;

type Fields = Record<string, unknown>;

const STATES = ['PLANNED', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'SKIPPED', 'UNKNOWN'];
/** Made of others by the gateway; PostGraphile has no such columns. */
const MADE = ['legacyStateName', 'type'];
const TIMES = ['createdAt', 'submittedAt', 'startedAt', 'finishedAt'];
const TEXTS_OF_JSON = ['requestedRebuilds', 'requesterMetadata', 'buildArgs', 'odcsComposes'];
const NUMBERS = ['eventTypeId', 'externalBuildId', 'legacyState'];

function pageOf(answer: unknown, convert: (node: Fields) => Fields): Fields[] {
  const { data } = answer as { data: { events: { nodes: (Fields & { builds: { nodes: Fields[] } })[] } } };
  return data.events.nodes.map((event) => ({ ...convert(event), builds: event.builds.nodes.map(convert) }));
}

/** A node of the gateway without what is made of other columns. */
function withoutMade(node: Fields): Fields {
  return Object.fromEntries(Object.entries(node).filter(([name]) => !MADE.includes(name)));
}

/** A node of PostGraphile in the gateway's words. */
function converted({ rowId, ...node }: Fields): Fields {
  const fields = Object.entries(node).map(([name, value]) => [name, value === null ? null : word(name, value)]);
  const tag = 'messageId' in node ? 'E' : 'B';
  return { ...Object.fromEntries(fields), id: Buffer.from(`${tag}${String(rowId)}`).toString('base64url') } as Fields;
}

function word(name: string, value: unknown): unknown {
  if (name === 'system') return value === 1 ? 'FRESHMAKER' : value;
  if (name === 'state') return STATES[Number(value)];
  if (TIMES.includes(name)) return `${new Date(Number(value) / 1000).toISOString().slice(0, 19)}Z`;
  if (TEXTS_OF_JSON.includes(name)) return JSON.parse(String(value));
  return NUMBERS.includes(name) ? Number(value) : value;
}

/** The same pages from the same tables of PostgreSQL. */
export const POSTGRAPHILE_ROW: Row = {
  name: 'graphql-postgraphile',
  work: 'GraphQL over HTTP, 10 events with up to 10 builds each, PostgreSQL',
  reference: 'PostGraphile on the same tables',
  unit: 'pages',
  ratio: 'speed',
  goal: { floor: 1.2, aim: 2 },
  prepare: async (bench) => {
    const url = await bench.data.postgresql();
    const ours = await kept(bench, startGateway(url));
    const reference = await kept(bench, startReference('postgraphile.mjs', url));
    const theirCursors = await cursors(reference, cursorDocument('Cursor', EVENTS));
    const ourRequests = (await cursors(ours)).map((after) => graphqlRequest(PAGE_DOCUMENT, { after }));
    const theirs = theirCursors.map((after) => graphqlRequest(DOCUMENT, { after }));
    return loadContest(
      bench,
      { server: ours, requests: ourRequests, content: (answer) => pageOf(answer, withoutMade) },
      { server: reference, requests: theirs, content: (answer) => pageOf(answer, converted) },
    );
  },
};

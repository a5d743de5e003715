// The part of the gateway's schema that the benches ask, written by hand: its SDL, and resolvers over prepared
// statements that read what a level shows in one statement.
import { DatabaseSync } from 'node:sqlite';

export const typeDefs = `
  scalar JSON
  scalar SafeInt
  scalar DateTime
  enum System { FRESHMAKER BUILDAPI DEVMASON RODAN KERNELCI }
  enum State { PLANNED QUEUED RUNNING SUCCEEDED FAILED CANCELED SKIPPED UNKNOWN }
  enum FreshmakerArtifactType { RPM IMAGE MODULE IMAGE_REPOSITORY }
  enum OrderDirection { ASC DESC }
  enum OrderField { LEGACY_ID }
  input SystemFilter { eq: System }
  input EventFilter { system: SystemFilter }
  input EventOrder { field: OrderField! direction: OrderDirection! = ASC }
  interface Event { id: ID! system: System! legacyId: String! name: String! state: State! stateReason: String
    requester: String createdAt: DateTime startedAt: DateTime finishedAt: DateTime }
  interface Build { id: ID! system: System! legacyId: String! name: String! state: State! stateReason: String
    requester: String submittedAt: DateTime! startedAt: DateTime finishedAt: DateTime }
  type FreshmakerEvent implements Event { id: ID! system: System! legacyId: String! name: String! state: State!
    stateReason: String requester: String createdAt: DateTime startedAt: DateTime finishedAt: DateTime
    messageId: String! searchKey: String! eventTypeId: SafeInt! dryRun: Boolean legacyState: Int!
    legacyStateName: String! requestedRebuilds: [String!]! requesterMetadata: JSON
    builds(first: Int, orderBy: [EventOrder!]): BuildConnection! }
  type FreshmakerBuild implements Build { id: ID! system: System! legacyId: String! name: String! state: State!
    stateReason: String requester: String submittedAt: DateTime! startedAt: DateTime finishedAt: DateTime
    type: FreshmakerArtifactType! legacyType: Int! legacyState: Int! legacyStateName: String! originalNvr: String
    rebuiltNvr: String externalBuildId: SafeInt rebuildReason: String! buildArgs: JSON odcsComposes: [SafeInt!]! }
  type EventConnection { nodes: [Event!]! }
  type BuildConnection { nodes: [Build!]! }
  type Query {
    events(filter: EventFilter, orderBy: [EventOrder!], first: Int, after: String): EventConnection!
  }
`;

type Row = Record<string, any>;

const STATES = ['PLANNED', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'SKIPPED', 'UNKNOWN'];
const EVENT_WORDS = ['INITIALIZED', 'BUILDING', 'COMPLETE', 'FAILED', 'SKIPPED', 'CANCELED'];
const BUILD_WORDS = ['BUILD', 'DONE', 'FAILED', 'CANCELED', 'PLANNED'];
const BUILD_TYPES = ['RPM', 'IMAGE', 'MODULE', 'IMAGE_REPOSITORY'];

const EVENTS = `SELECT 'FreshmakerEvent' AS "__typename", id, legacy_id AS "legacyId", name, state, legacy_state AS "legacyState",
  state_reason AS "stateReason", requester, created_at AS "createdAt", started_at AS "startedAt",
  finished_at AS "finishedAt", freshmaker_message_id AS "messageId", freshmaker_search_key AS "searchKey",
  freshmaker_event_type_id AS "eventTypeId", freshmaker_dry_run AS "dryRun",
  freshmaker_requested_rebuilds AS "requestedRebuilds", freshmaker_requester_metadata AS "requesterMetadata"
  FROM event WHERE system = 1 AND id < ? ORDER BY id DESC LIMIT ?`;
/** The first builds of each of some events, whose ids are a JSON array. */
const BUILDS = `SELECT 'FreshmakerBuild' AS "__typename", b.event_id AS "eventId", b.id, b.legacy_id AS "legacyId", b.name, b.state,
  b.legacy_state AS "legacyState", b.state_reason AS "stateReason", b.requester, b.submitted_at AS "submittedAt",
  b.started_at AS "startedAt", b.finished_at AS "finishedAt", b.freshmaker_type AS "legacyType",
  b.freshmaker_original_nvr AS "originalNvr", b.freshmaker_rebuilt_nvr AS "rebuiltNvr",
  b.freshmaker_external_build_id AS "externalBuildId", b.freshmaker_rebuild_reason AS "rebuildReason",
  b.freshmaker_build_args AS "buildArgs", b.freshmaker_odcs_composes AS "odcsComposes"
  FROM json_each(?) e JOIN build b ON b.id IN (SELECT id FROM build WHERE event_id = e.value ORDER BY id LIMIT ?)
  ORDER BY b.id`;

const time = (field: string) => (row: Row) =>
  row[field] === null ? null : `${new Date(row[field] / 1000).toISOString().slice(0, 19)}Z`;
const globalId = (tag: string) => (row: Row) => Buffer.from(`${tag}${row.id}`).toString('base64url');
const json = (field: string) => (row: Row) => JSON.parse(row[field]) as unknown;
const system = (): string => 'FRESHMAKER';
const state = (row: Row): string => STATES[row.state]!;
const legacyState = (row: Row): number => Number(row.legacyState);

/** Resolvers of the schema above on a file of SQLite. */
export function resolversOf(path: string) {
  const database = new DatabaseSync(path, { readOnly: true });
  const events = database.prepare(EVENTS);
  const builds = database.prepare(BUILDS);
  /** What a page's events share: all their builds are read when the first asks. */
  const buildsOf = (page: Page, id: number, first: number): Row[] => {
    page.builds ??= Map.groupBy(builds.all(JSON.stringify(page.ids), first) as Row[], ({ eventId }) => eventId);
    return page.builds.get(id) ?? [];
  };
  return {
    Query: {
      events: (_root: unknown, { first, after }: { first: number; after: string | null }) => {
        const before = after ? (JSON.parse(Buffer.from(after, 'base64url').toString()) as [string, number])[1] : MAX_ID;
        const nodes = events.all(before, first) as Row[];
        const page: Page = { ids: nodes.map(({ id }) => id as number), builds: null };
        for (const node of nodes) node.page = page;
        return { nodes };
      },
    },
    FreshmakerEvent: {
      id: globalId('E'),
      system,
      state,
      legacyState,
      createdAt: time('createdAt'),
      startedAt: time('startedAt'),
      finishedAt: time('finishedAt'),
      requestedRebuilds: json('requestedRebuilds'),
      requesterMetadata: json('requesterMetadata'),
      legacyStateName: (row: Row) => EVENT_WORDS[row.legacyState],
      builds: (row: Row, { first }: { first: number }) => ({ nodes: buildsOf(row.page, row.id, first) }),
    },
    FreshmakerBuild: {
      id: globalId('B'),
      system,
      state,
      legacyState,
      submittedAt: time('submittedAt'),
      startedAt: time('startedAt'),
      finishedAt: time('finishedAt'),
      buildArgs: json('buildArgs'),
      odcsComposes: json('odcsComposes'),
      legacyStateName: (row: Row) => BUILD_WORDS[row.legacyState],
      type: (row: Row) => BUILD_TYPES[row.legacyType],
    },
  };
}

interface Page {
  readonly ids: readonly number[];
  builds: Map<number, Row[]> | null;
}

const MAX_ID = Number.MAX_SAFE_INTEGER;

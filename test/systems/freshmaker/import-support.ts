import { Readable } from 'node:stream';
import { ByteSource } from '../../../src/core/import/byte-source.js';
import { runImport, type RowCounts } from '../../../src/core/import/run.js';
import { CORE_ENTITIES } from '../../../src/core/model/tables.js';
import { raw } from '../../../src/core/store/sql.js';
import { Store } from '../../../src/core/store/store.js';
import { FRESHMAKER_IMPORT } from '../../../src/systems/freshmaker/import/index.js';
import { testDatabase, type TestDatabase } from '../../support/database.js';

/** All tables that an import could touch, and what tells their rows' order. */
const TABLES = {
  event: 'id',
  build: 'id',
  project: 'id',
  record_key: 'system, kind',
  state_count: 'system, kind, state',
  change_log: 'sequence',
  change_log_head: 'id',
  outbox_message: 'sequence',
  access_role: 'name',
  access_role_member: 'role, member_kind, member',
  freshmaker_event_dependency: 'event_id, position',
  freshmaker_repository: 'repository, registry',
  freshmaker_image: 'nvr, architecture',
  freshmaker_image_repository: 'image_id, position',
} as const;

type Rows = Record<string, unknown>[];
type Content = Record<keyof typeof TABLES, Rows>;

/** A migrated database with a store to look into it. */
export interface ImportDatabase extends TestDatabase {
  readonly store: Store;
  /** Imports a document, or a text as it is. */
  take(document: unknown): Promise<readonly RowCounts[]>;
  /** Every row of every table. */
  content(): Promise<Content>;
  rows(query: string): Promise<Rows>;
}

export async function importDatabase(): Promise<ImportDatabase> {
  const database = await testDatabase();
  const store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
  const rows = (query: string): Promise<Rows> => store.reader.all(raw(query));
  return {
    ...database,
    store,
    take: (document) => {
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      return runImport(database.config, FRESHMAKER_IMPORT, ByteSource.stream(Readable.from([Buffer.from(text)])));
    },
    content: async () => {
      const content: Partial<Content> = {};
      for (const [table, order] of Object.entries(TABLES)) {
        content[table as keyof Content] = (await rows(`SELECT * FROM ${table} ORDER BY ${order}`)).map(normal);
      }
      return content as Content;
    },
    rows: async (query) => (await rows(query)).map(normal),
    drop: async () => {
      await store.close();
      await database.drop();
    },
  };
}

/** Columns that another system added to the tables of records. */
const FOREIGN = /^(buildapi|devmason|rodan|kernelci)_/;

/** Booleans are 0 and 1 in the embedded database; plain objects compare with `toEqual`. */
function normal(row: Record<string, unknown>): Record<string, unknown> {
  const own = Object.entries(row).filter(([name, value]) => value !== null || !FOREIGN.test(name));
  return Object.fromEntries(own.map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]));
}

/** The counts of one kind of row as `[new, replaced, unchanged]`. */
export function countsOf(counts: readonly RowCounts[]): Record<string, [number, number, number]> {
  return Object.fromEntries(
    counts.map(({ name, created, replaced, unchanged }) => [name.many, [created, replaced, unchanged]]),
  );
}

/** An event with the required fields. */
export function event(id: number, more: object = {}): Record<string, unknown> {
  return { id, message_id: `message-${id}`, search_key: `${50_000 + id}`, event_type_id: 10, state: 2, ...more };
}

/** A build with the required fields. */
export function build(id: number, eventId: number, more: object = {}): Record<string, unknown> {
  return {
    id,
    event_id: eventId,
    name: `component-${id % 3}-container`,
    type: 1,
    state: 1,
    time_submitted: '2019-08-01T06:31:02Z',
    ...more,
  };
}

/** The example of contract freshmaker, section 12. */
export const EXAMPLE = {
  events: [
    {
      id: 201,
      message_id: 'ID:broker-1.RHSA-2019:1111',
      search_key: '50123',
      event_type_id: 10,
      state: 2,
      state_reason: 'Advisory 50123: All 1 container images have been rebuilt.',
      time_created: '2019-08-01T05:00:00Z',
      time_done: '2019-08-01T05:40:00Z',
      dry_run: false,
      requester: null,
      requested_rebuilds: [],
      requester_metadata: {},
      depends_on_events: [],
      builds: [
        {
          id: 900,
          event_id: 201,
          name: 'base-container',
          type: 1,
          state: 1,
          state_reason: 'Built successfully.',
          original_nvr: 'base-container-1.0-1',
          rebuilt_nvr: 'base-container-1.0-1.1564635600',
          dep_on_id: null,
          build_id: 7000,
          time_submitted: '2019-08-01T05:01:00Z',
          time_completed: '2019-08-01T05:39:00Z',
          build_args: { target: 'rhel-8-candidate' },
          odcs_composes: [30],
          rebuild_reason: 'dependency',
        },
      ],
    },
    {
      id: 214,
      message_id: 'manual_rebuild_1564641046.52',
      search_key: '50123',
      event_type_id: 13,
      state: 0,
      time_created: '2019-08-01T06:30:46Z',
      requester: 'jdoe',
      requested_rebuilds: ['web-container-1.0-7'],
      requester_metadata: { ticket: 'T-1' },
      depends_on_events: [201],
    },
  ],
  builds: [
    {
      id: 901,
      event_id: 214,
      name: 'web-container',
      type: 1,
      state: 4,
      original_nvr: 'web-container-1.0-7',
      dep_on_id: 900,
      time_submitted: '2019-08-01T06:31:02Z',
      rebuild_reason: 'directly_affected',
    },
  ],
  permissions: [{ role: 'manual_rebuilder', users: ['jdoe'], groups: [] }],
  repositories: [
    {
      registry: 'registry.example.com',
      repository: 'acme/web',
      release_categories: ['Generally Available'],
      published: true,
      auto_rebuild_tags: ['latest'],
    },
  ],
  images: [
    {
      nvr: 'web-container-1.0-7',
      architecture: 'amd64',
      content_sets: ['rhel-8'],
      repositories: [
        { registry: 'registry.example.com', repository: 'acme/web', published: true, tags: ['latest', '1.0-7'] },
      ],
    },
  ],
};

import type { SecretBox } from '../../../core/auth/secrets.js';
import type { ArrayNames, Element } from '../../../core/import/array-splitter.js';
import type { BulkConnection, BulkRow } from '../../../core/import/bulk.js';
import { Place } from '../../../core/import/fields.js';
import type { ImportSession, RowCounts } from '../../../core/import/run.js';
import { countsOf, Stage } from '../../../core/import/stage.js';
import { System } from '../../../core/model/states.js';
import { raw, sql } from '../../../core/store/sql.js';
import { DIRECTIONS, portTypeOf, type Direction } from './catalogue.js';
import type { Collection } from './collection.js';
import { ALL_COLLECTIONS, COLLECTIONS, LINK_SETS } from './collections.js';
import { Links } from './links.js';
import { resolveUsers, ROLES } from './names.js';
import { checkReferences, refuseTwice } from './references.js';
import { RodanRow } from './row.js';
import { deriveRequests } from './records.js';
import { RUN_REQUESTS } from './runs.js';
import { settle, type Collected } from './settle.js';
import { Users } from './users.js';

const BY_NAME: ReadonlyMap<string, Collection> = new Map(
  ALL_COLLECTIONS.map((collection) => [collection.name, collection]),
);

/** The arrays of the import format (contract rodan, section 14), and those of the gateway's own. */
export const ARRAYS: ArrayNames = { wanted: ['users', ...BY_NAME.keys()], required: [] };

/** Bytes of texts that count as a row when it is said how much is queued. */
const ROW_BYTES = 16 * 1024;

/** One import of Rodan's data: rows are collected as they come, in any order, and written when all are there. */
export class RodanImportSession implements ImportSession {
  readonly #connection: BulkConnection;
  readonly #users: Users;
  readonly #collected: Collected;
  #rows = 0;
  /** Rows and large texts that are queued. */
  #pending = 0;
  /** Place among all types of ports of the file. */
  #portTypes = 0;

  private constructor(connection: BulkConnection, users: Users, collected: Collected) {
    this.#connection = connection;
    this.#users = users;
    this.#collected = collected;
  }

  /** @param secrets what old API keys are encrypted with */
  static async start(connection: BulkConnection, secrets: SecretBox): Promise<RodanImportSession> {
    await holdExisting(connection);
    const collected = {
      stages: await eachOf(COLLECTIONS, ({ stage }) => Stage.create(connection, stage)),
      requests: await Stage.create(connection, RUN_REQUESTS.stage),
      links: await eachOf(LINK_SETS, (set) => Links.create(connection, set)),
    };
    return new RodanImportSession(connection, await Users.start(connection, secrets), collected);
  }

  get rows(): number {
    return this.#rows;
  }

  get pending(): number {
    return this.#pending;
  }

  add({ key, index, value }: Element): void {
    const place = new Place(key, index);
    this.#rows += 1;
    this.#pending += 1;
    const collection = BY_NAME.get(key);
    if (collection) this.#addRow(collection, new RodanRow(value, place, collection.kind));
    else this.#users.add(value, place);
  }

  async flush(): Promise<void> {
    this.#pending = 0;
    for (const part of this.#parts()) await part.flush();
  }

  async finish(): Promise<readonly RowCounts[]> {
    await this.#complete();
    await this.#users.settle();
    await resolveUsers(this.#connection);
    await checkReferences(this.#connection);
    await settle(this.#connection, this.#collected);
    const { stages } = this.#collected;
    const { project, workflowrun, runjob, ...others } = stages;
    return countsOf([project, workflowrun, runjob], [this.#users.stage, ...Object.values(others)]);
  }

  #parts(): (Stage | Links)[] {
    const { stages, requests, links } = this.#collected;
    return [this.#users.stage, requests, ...Object.values(stages), ...Object.values(links)];
  }

  #addRow(collection: Collection, row: RodanRow): void {
    const values = collection.read(row);
    this.#stage(collection, values, row.place.index);
    const [uuid] = values;
    const { links } = this.#collected;
    if (collection.kind === 'job') {
      for (const direction of DIRECTIONS) this.#addNested(direction, row, String(uuid));
    } else if (collection.kind === 'project') this.#addMembers(row, String(uuid));
    else if (collection.kind === 'resourcelist') {
      for (const [item, resource] of row.links('resources', 'resource').entries()) {
        this.#link(links.items, [String(uuid), item, resource]);
      }
    } else if (collection.kind === 'workflowjobgroup') {
      const members = new Set(row.links('workflow_jobs', 'workflowjob'));
      for (const member of members) this.#link(links.grouped, [String(uuid), member]);
    } else this.#addAccepted(collection, row);
  }

  /** Types of ports that come with their job. */
  #addNested(direction: Direction, job: RodanRow, uuid: string): void {
    const collection = COLLECTIONS[`${direction}porttype`];
    for (const [index, value] of job.list(`${direction}_port_types`).entries()) {
      const place = new Place(`${direction}_port_types`, index, job.place);
      const row = new RodanRow(value, place, collection.kind);
      this.#stage(collection, portTypeOf(row, uuid, true), index);
      this.#addAccepted(collection, row);
    }
  }

  #addAccepted(collection: Collection, row: RodanRow): void {
    const direction = DIRECTIONS.find((one) => collection.kind === `${one}porttype`);
    if (direction === undefined) return;
    const types = new Set(row.links('resource_types', 'resourcetype'));
    for (const type of types) this.#link(this.#collected.links[`${direction}Accepted`], [row.uuid(), type]);
  }

  #addMembers(row: RodanRow, uuid: string): void {
    for (const [field, role] of Object.entries(ROLES)) {
      const names = new Set(row.texts(field));
      for (const name of names) this.#link(this.#collected.links.members, [uuid, role, null, name]);
    }
  }

  #stage(collection: Collection, values: BulkRow, index: number): void {
    const isPortType = collection.stage.extra?.some(([name]) => name === 'nested') ?? false;
    this.#stageOf(collection).add(values, isPortType ? this.#portTypes++ : index);
    const size = values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0);
    this.#pending += Math.floor(size / ROW_BYTES);
  }

  #stageOf(collection: Collection): Stage {
    const { requests, stages } = this.#collected;
    return collection === RUN_REQUESTS ? requests : stages[collection.kind];
  }

  #link(links: Links, row: BulkRow): void {
    links.add(row);
    this.#pending += 1;
  }

  /** Says that all rows are there; a type of port that came with its job need not come again. */
  async #complete(): Promise<void> {
    const connection = this.#connection;
    for (const direction of DIRECTIONS) {
      const { stage } = COLLECTIONS[`${direction}porttype`];
      await connection.all(sql`DELETE FROM ${raw(stage.name)} WHERE nested = 0
        AND uuid IN (SELECT uuid FROM ${raw(stage.name)} WHERE nested = 1)`);
    }
    for (const collection of ALL_COLLECTIONS) {
      const { stage, id } = collection;
      await refuseTwice(connection, collection);
      await connection.all(raw(`CREATE UNIQUE INDEX ${stage.name}_${id} ON ${stage.name} (${id})`));
      if (collection === RUN_REQUESTS) await deriveRequests(connection);
      await this.#stageOf(collection).complete();
    }
    for (const links of Object.values(this.#collected.links)) await links.complete();
    await this.#users.complete();
  }
}

/**
 * Holds users and projects until the import ends, in the order in which verbs do after they have taken their numbers:
 * nobody renames or deletes them, or adds to what is in them.
 */
async function holdExisting(connection: BulkConnection): Promise<void> {
  // The embedded database has one writer at a time.
  if (connection.dialect !== 'postgresql') return;
  await connection.all(sql`SELECT COUNT(*) FROM (SELECT id FROM rodan_user ORDER BY id FOR UPDATE) held`);
  const projects = sql`SELECT id FROM project WHERE system = ${System.RODAN} ORDER BY id FOR UPDATE`;
  await connection.all(sql`SELECT COUNT(*) FROM (${projects}) held`);
  await connection.all(sql`SELECT COUNT(*) FROM (SELECT id FROM rodan_project ORDER BY id FOR UPDATE) held`);
}

async function eachOf<Key extends string, From, To>(
  record: Readonly<Record<Key, From>>,
  make: (value: From) => Promise<To>,
): Promise<Record<Key, To>> {
  const made: Partial<Record<Key, To>> = {};
  for (const key of Object.keys(record) as Key[]) made[key] = await make(record[key]);
  return made as Record<Key, To>;
}

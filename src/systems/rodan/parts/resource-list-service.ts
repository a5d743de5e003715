import { randomUUID } from 'node:crypto';
import { first } from '../../../core/store/reader.js';
import { insertRows } from '../../../core/store/rows.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { TEXT_RULES } from '../field-rules.js';
import { lockProject, lockRows, notFound, requireStanding, storedUuid } from './locking.js';
import { refuseUsed } from './resource-service.js';
import { runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a list of resources. */
export interface ResourceListInput {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly resources?: readonly unknown[] | null;
}

/** A list that is locked. */
interface LockedList {
  readonly uuid: string;
  readonly projectUuid: string;
  readonly resourceTypeUuid: string | null;
  readonly name: string | null;
  readonly description: string | null;
}

/** What a list consists of; in the project and of the type of its first resource. */
interface Contents {
  readonly uuids: readonly string[];
  readonly projectUuid: string;
  readonly resourceTypeUuid: string;
}

const { name: NAME, description: DESCRIPTION } = TEXT_RULES.resourceList;

/**
 * What happens to lists of resources (contract rodan, sections 9.5 and 10), one transaction each. All throw
 * BuildgateError: UNAUTHENTICATED, NOT_FOUND when it is not to be seen, INVALID with the faults of fields.
 */
export class ResourceListService {
  constructor(private readonly store: Store) {}

  /** Makes a list, in the order given; gives its uuid. */
  create(caller: VerbCaller, input: ResourceListInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction } = verb;
      const name = verb.text('name', input.name, NAME) ?? null;
      const description = verb.text('description', input.description, DESCRIPTION) ?? null;
      verb.required('resources', input.resources);
      const contents = await holdContents(verb, input.resources);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL) || !contents) return null;
      const uuid = randomUUID();
      const { projectUuid: project_uuid, resourceTypeUuid: resource_type_uuid } = contents;
      const times = { created_at: transaction.now, updated_at: transaction.now };
      await insertRows(transaction, 'rodan_resource_list', [
        { uuid, project_uuid, resource_type_uuid, name, description, ...times },
      ]);
      await insertItems(transaction, uuid, contents);
      return uuid;
    });
  }

  /** Changes what is given; new resources replace the old ones. */
  update(caller: VerbCaller, id: string, input: ResourceListInput, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction } = verb;
      const old = await lockedList(verb, id);
      const name = verb.text('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION);
      const contents = await holdContents(verb, input.resources);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      const { projectUuid, resourceTypeUuid } = contents ?? old;
      await transaction.all(
        sql`UPDATE rodan_resource_list SET name = ${name === undefined ? old.name : name},
            description = ${description === undefined ? old.description : description},
            project_uuid = ${projectUuid}, resource_type_uuid = ${resourceTypeUuid}, updated_at = ${transaction.now}
          WHERE uuid = ${old.uuid}`,
      );
      if (!contents) return old.uuid;
      await transaction.all(sql`DELETE FROM rodan_resource_list_item WHERE list_uuid = ${old.uuid}`);
      await insertItems(transaction, old.uuid, contents);
      return old.uuid;
    });
  }

  /** Deletes a list; its resources stay. Throws CONFLICT while an input or output of a run job refers to it. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { transaction } = verb;
      const { uuid } = await lockedList(verb, id);
      await refuseUsed(transaction, 'resource_list_uuid', uuid);
      await transaction.all(sql`DELETE FROM rodan_resource_list_item WHERE list_uuid = ${uuid}`);
      await transaction.all(sql`DELETE FROM rodan_resource_list WHERE uuid = ${uuid}`);
    });
  }
}

/** The resources of a request, none of which is deleted meanwhile; undefined when it names none or they are at fault. */
async function holdContents(verb: Verb, links: ResourceListInput['resources']): Promise<Contents | undefined> {
  const { transaction, faults } = verb;
  const found = await verb.links('resources', links, 'resource');
  if (!found) return undefined;
  const [head] = found;
  if (!head?.projectUuid) {
    faults.add('resources', 'This list may not be empty.');
    return undefined;
  }
  await lockProject(transaction, head.projectUuid, 'KEY SHARE');
  const uuids = found.map(({ uuid }) => uuid);
  const rows = await transaction.all<{ uuid: string; projectUuid: string; typeUuid: string }>(
    sql`SELECT uuid, project_uuid AS "projectUuid", resource_type_uuid AS "typeUuid" FROM rodan_resource
      WHERE ${inList(transaction.dialect, raw('uuid'), uuids, 'text')} ORDER BY uuid ${lockRows(transaction, 'KEY SHARE')}`,
  );
  if (rows.length < new Set(uuids).size) throw notFound();
  const one = (values: readonly string[]): boolean => new Set(values).size === 1;
  if (!one(rows.map(({ projectUuid }) => projectUuid))) {
    faults.add('resources', 'All Resources should belong to the same Project.');
  }
  if (!one(rows.map(({ typeUuid }) => typeUuid))) {
    faults.add('resources', 'All Resources should have the same ResourceType.');
  }
  return { uuids, projectUuid: head.projectUuid, resourceTypeUuid: rows[0]?.typeUuid ?? '' };
}

async function lockedList({ transaction, viewer }: Verb, id: string): Promise<LockedList> {
  const uuid = storedUuid(id);
  const read = (lock = raw('')): Promise<LockedList | undefined> =>
    first(
      transaction,
      sql`SELECT uuid, project_uuid AS "projectUuid", resource_type_uuid AS "resourceTypeUuid", name, description
        FROM rodan_resource_list WHERE uuid = ${uuid} ${lock}`,
    );
  const place = await read();
  if (!place) throw notFound();
  await requireStanding(transaction, viewer, place.projectUuid);
  await lockProject(transaction, place.projectUuid, 'KEY SHARE');
  const list = await read(lockRows(transaction, 'UPDATE'));
  if (!list) throw notFound();
  return list;
}

async function insertItems(transaction: Transaction, listUuid: string, { uuids }: Contents): Promise<void> {
  const rows = uuids.map((uuid, position) => ({ list_uuid: listUuid, position, resource_uuid: uuid }));
  await insertRows(transaction, 'rodan_resource_list_item', rows);
}

import { BuildgateError } from '../../../core/errors.js';
import { first } from '../../../core/store/reader.js';
import { sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { RodanCheck } from '../check.js';
import { TEXT_RULES } from '../field-rules.js';
import { lockProject, lockRows, notFound, requireStanding, storedUuid } from './locking.js';
import { runVerb, type Verb, type VerbCaller } from './verb.js';

/** What can be said of a resource. */
export interface ResourceChange {
  readonly name?: string | null;
  readonly description?: string | null;
  readonly resourceType?: unknown;
  /** Must be a project that is to be seen; the resource stays where it is. */
  readonly project?: unknown;
}

/** A resource that is locked. */
interface LockedResource {
  readonly uuid: string;
  readonly name: string | null;
  readonly description: string | null;
  readonly resourceTypeUuid: string;
}

const { name: NAME, description: DESCRIPTION } = TEXT_RULES.resource;

/** Why something cannot be deleted that a run job reads or made (contract rodan, section 10). */
export const PROTECTED =
  'You can not delete the resource because it is currently Protected. A finished or pending runjob is referencing this resource. If you delete that runjob, you can then delete this resource.';

/**
 * What happens to resources (contract rodan, sections 9.5 and 10), one transaction each. All throw BuildgateError:
 * UNAUTHENTICATED, NOT_FOUND when it is not to be seen, INVALID with the faults of fields.
 */
export class ResourceService {
  constructor(private readonly store: Store) {}

  /** Changes what is given. */
  update(caller: VerbCaller, id: string, input: ResourceChange, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction } = verb;
      const old = await lockedResource(verb, id);
      const name = verb.text('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION);
      const type = await verb.link('resource_type', input.resourceType, 'resourcetype');
      await verb.link('project', input.project, 'project');
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      await transaction.all(
        sql`UPDATE rodan_resource SET name = ${name === undefined ? old.name : name},
            description = ${description === undefined ? old.description : description},
            resource_type_uuid = ${type?.uuid ?? old.resourceTypeUuid}, updated_at = ${transaction.now}
          WHERE uuid = ${old.uuid}`,
      );
      return old.uuid;
    });
  }

  /** Deletes a resource, also from lists. Throws CONFLICT while an input or output of a run job refers to it. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async (verb) => {
      const { transaction } = verb;
      const { uuid } = await lockedResource(verb, id);
      await refuseUsed(transaction, 'resource_uuid', uuid);
      await transaction.all(sql`DELETE FROM rodan_resource_list_item WHERE resource_uuid = ${uuid}`);
      await transaction.all(sql`DELETE FROM rodan_resource WHERE uuid = ${uuid}`);
    });
  }
}

/** @throws BuildgateError CONFLICT when an input or output refers to a resource or a list of them */
export async function refuseUsed(
  transaction: Transaction,
  column: 'resource_uuid' | 'resource_list_uuid',
  uuid: string,
): Promise<void> {
  const reference = column === 'resource_uuid' ? sql`resource_uuid` : sql`resource_list_uuid`;
  const use = await first(
    transaction,
    sql`SELECT 1 AS one FROM rodan_input WHERE ${reference} = ${uuid}
      UNION ALL SELECT 1 FROM rodan_output WHERE ${reference} = ${uuid} LIMIT 1`,
  );
  if (use) throw new BuildgateError('CONFLICT', PROTECTED);
}

async function lockedResource({ transaction, viewer }: Verb, id: string): Promise<LockedResource> {
  const uuid = storedUuid(id);
  const place = await first<{ projectUuid: string }>(
    transaction,
    sql`SELECT project_uuid AS "projectUuid" FROM rodan_resource WHERE uuid = ${uuid}`,
  );
  if (!place) throw notFound();
  await requireStanding(transaction, viewer, place.projectUuid);
  await lockProject(transaction, place.projectUuid, 'KEY SHARE');
  const resource = await first<LockedResource>(
    transaction,
    sql`SELECT uuid, name, description, resource_type_uuid AS "resourceTypeUuid" FROM rodan_resource
      WHERE uuid = ${uuid} ${lockRows(transaction, 'UPDATE')}`,
  );
  if (!resource) throw notFound();
  return resource;
}

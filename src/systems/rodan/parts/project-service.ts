import { randomUUID } from 'node:crypto';
import { recordId } from '../../../core/ids.js';
import { PROJECT_KIND, System } from '../../../core/model/states.js';
import { insertRows } from '../../../core/store/rows.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { TEXT_RULES } from '../field-rules.js';
import { ADMIN, WORKER } from '../rights.js';
import { ensureUser } from '../users/callers.js';
import { RodanCheck } from '../check.js';
import { lockProject, requireStanding, storedUuid } from './locking.js';
import { removeProject } from './removing-projects.js';
import { refusal, runVerb, type VerbCaller } from './verb.js';

/** What can be said of a project. */
export interface ProjectChange {
  readonly name?: string | null;
  readonly description?: string | null;
}

const { name: NAME, description: DESCRIPTION } = TEXT_RULES.project;

/**
 * What happens to projects (contract rodan, sections 4, 9.1 and 10), one transaction each. All throw BuildgateError:
 * UNAUTHENTICATED, NOT_FOUND when the project is not to be seen, FORBIDDEN, INVALID with the faults of fields.
 */
export class ProjectService {
  constructor(private readonly store: Store) {}

  /** Makes a project, whose creator and admin is the caller; gives its uuid. */
  create(caller: VerbCaller, input: ProjectChange, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const name = verb.requiredText('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION) ?? null;
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      return insertProject(verb.transaction, name, description);
    });
  }

  /** Changes name and description, those that are given. Admins only. */
  update(caller: VerbCaller, id: string, input: ProjectChange, check?: RodanCheck | null): Promise<string | null> {
    return runVerb(this.store, caller, check, async (verb) => {
      const { transaction, viewer } = verb;
      const uuid = storedUuid(id);
      await requireStanding(transaction, viewer, uuid, 'change');
      const name = verb.text('name', input.name, NAME);
      const description = verb.text('description', input.description, DESCRIPTION);
      if (verb.ends(RodanCheck.FIELDS) || verb.ends(RodanCheck.ALL)) return null;
      const old = await lockProject(transaction, uuid, 'NO KEY UPDATE');
      await storeProject(transaction, old.id, {
        name: name ?? old.name,
        description: description === undefined ? old.description : description,
      });
      return uuid;
    });
  }

  /** Deletes a project with everything in it. Its creator and superusers only. */
  delete(caller: VerbCaller, id: string): Promise<void> {
    return runVerb(this.store, caller, null, async ({ transaction, viewer }) => {
      const uuid = storedUuid(id);
      await requireStanding(transaction, viewer, uuid, 'delete');
      await removeProject(transaction, await lockProject(transaction, uuid, 'UPDATE'));
    });
  }

  /** Replaces the admins, among whom the creator stays. The creator only. Throws INVALID for a name that nobody has. */
  setAdmins(caller: VerbCaller, id: string, usernames: readonly string[]): Promise<string> {
    return this.#setMembers(caller, id, usernames, ADMIN);
  }

  /** Replaces the workers. The creator and admins only. Throws INVALID for a name that nobody has. */
  setWorkers(caller: VerbCaller, id: string, usernames: readonly string[]): Promise<string> {
    return this.#setMembers(caller, id, usernames, WORKER);
  }

  #setMembers(
    caller: VerbCaller,
    id: string,
    usernames: readonly string[],
    role: typeof ADMIN | typeof WORKER,
  ): Promise<string> {
    return runVerb(this.store, caller, null, async ({ transaction, viewer }) => {
      const uuid = storedUuid(id);
      await requireStanding(transaction, viewer, uuid, role === ADMIN ? 'setAdmins' : 'setWorkers');
      const numbers = await numbersOf(transaction, usernames);
      const { creatorNumber } = await lockProject(transaction, uuid, 'NO KEY UPDATE');
      if (role === ADMIN) numbers.add(creatorNumber);
      await transaction.all(sql`DELETE FROM rodan_project_member WHERE project_uuid = ${uuid} AND role = ${role}`);
      const rows = [...numbers].map((number) => ({ project_uuid: uuid, user_number: number, role }));
      await insertRows(transaction, 'rodan_project_member', rows);
      return uuid;
    });
  }
}

/** Numbers of users. @throws BuildgateError INVALID with the first name that nobody has */
async function numbersOf(transaction: Transaction, usernames: readonly string[]): Promise<Set<number>> {
  const storable = usernames.filter((name) => !name.includes('\0') && name.isWellFormed());
  const rows = await transaction.all<{ name: string; number: number }>(
    sql`SELECT m.name, u.number FROM member m JOIN rodan_user u ON u.id = m.id
      WHERE m.system = ${System.RODAN} AND ${inList(transaction.dialect, raw('m.name'), storable, 'text')}`,
  );
  const known = new Map(rows.map(({ name, number }) => [name, number]));
  const unknown = usernames.find((name) => !known.has(name));
  if (unknown !== undefined) throw refusal(`User ${unknown.toWellFormed()} does not exist.`);
  return new Set(known.values());
}

async function insertProject(transaction: Transaction, name: string, description: string | null): Promise<string> {
  const uuid = randomUUID();
  const { number: creator } = await ensureUser(transaction);
  const id = recordId(System.RODAN, await transaction.takeNumbers(System.RODAN, PROJECT_KIND));
  await transaction.all(
    sql`INSERT INTO project (id, system, legacy_id, name) VALUES (${id}, ${System.RODAN}, ${uuid}, ${name})`,
  );
  const times = { created_at: transaction.now, updated_at: transaction.now };
  await insertRows(transaction, 'rodan_project', [{ id, uuid, name, description, creator_number: creator, ...times }]);
  await insertRows(transaction, 'rodan_project_member', [{ project_uuid: uuid, user_number: creator, role: ADMIN }]);
  transaction.recordProjectChange({ system: System.RODAN, projectId: id, change: 'CREATED' });
  return uuid;
}

async function storeProject(
  transaction: Transaction,
  id: number,
  { name, description }: { readonly name: string; readonly description: string | null },
): Promise<void> {
  await transaction.all(
    sql`UPDATE rodan_project SET name = ${name}, description = ${description}, updated_at = ${transaction.now} WHERE id = ${id}`,
  );
  await transaction.all(sql`UPDATE project SET name = ${name} WHERE id = ${id}`);
  transaction.recordProjectChange({ system: System.RODAN, projectId: id, change: 'UPDATED' });
}

import { ensureMember, prepareMember } from '../../core/auth/members.js';
import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { recordId } from '../../core/ids.js';
import { Kind, PROJECT_KIND, State, System } from '../../core/model/states.js';
import { first } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { removeProject } from './deleting.js';
import type { RepositoryInput } from './inputs.js';
import { SLUG } from './names.js';
import { askerOf, lockProject, type LockedProject } from './records.js';
import { mayChangeProject, refuse } from './rights.js';
import { renameBuilds } from './storing.js';
import { indexableText } from './texts.js';

const MAX_NAME = 200;

/**
 * What happens to projects (contract devmason, sections 7.1, 7.2 and 7.7), one transaction each. All throw
 * BuildgateError: INVALID naming the field, NOT_FOUND, UNAUTHENTICATED or FORBIDDEN without the right.
 */
export class ProjectService {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Registers a project, whose owner is the caller. Throws CONFLICT when there is one with this slug. */
  async register(principal: Principal, slug: string, name: string): Promise<void> {
    if (!SLUG.test(slug)) {
      throw new BuildgateError('INVALID', 'slug: must be 1 to 200 letters, digits, _ and -, and not users or xmlrpc.');
    }
    checkName(name);
    await prepareMember(principal);
    await this.#store.transact(principal, async (transaction) => {
      const number = await transaction.takeNumbers(System.DEVMASON, PROJECT_KIND);
      const ownerId = await ensureMember(transaction, principal, System.DEVMASON);
      const id = recordId(System.DEVMASON, number);
      const created = await transaction.all(
        sql`INSERT INTO project (id, system, legacy_id, name, devmason_owner_id)
          VALUES (${id}, ${System.DEVMASON}, ${slug}, ${name}, ${ownerId})
          ON CONFLICT (system, legacy_id) DO NOTHING RETURNING id`,
      );
      if (created.length === 0) throw new BuildgateError('CONFLICT', 'slug: there is a project with this slug.');
      transaction.recordProjectChange({ system: System.DEVMASON, projectId: id, change: 'CREATED' });
    });
  }

  /** Renames a project and its builds. Callers without credentials are forbidden like all others but the owner. */
  async update(principal: Principal, slug: string, name: string): Promise<void> {
    checkName(name);
    await this.#store.transact(principal, async (transaction) => {
      const project = await lockProject(transaction, slug);
      if (!mayChangeProject(await askerOf(transaction), project.ownerId)) {
        throw new BuildgateError('FORBIDDEN', 'Only its owner may change a project.');
      }
      if (name !== project.name) await rename(transaction, project, name);
    });
  }

  /** Deletes a project with its builds and build requests. */
  async delete(principal: Principal, slug: string): Promise<void> {
    await this.#store.transact(principal, async (transaction) => {
      const project = await lockProject(transaction, slug);
      if (!mayChangeProject(await askerOf(transaction), project.ownerId)) {
        refuse(principal, 'Only its owner may delete a project.');
      }
      await removeProject(transaction, project);
    });
  }

  /** Records that somebody asked for a build; gives the internal id of the event. Anybody may. */
  async requestBuild(
    principal: Principal,
    request: { readonly project: string; readonly identifier: string; readonly repository: RepositoryInput | null },
  ): Promise<number> {
    const name = indexableText('identifier', request.identifier);
    const { repository } = request;
    if (repository) indexableText('repository.url', repository.url);
    return this.#store.transact(principal, async (transaction) => {
      const number = await transaction.takeNumbers(System.DEVMASON, Kind.EVENT);
      const project = await lockProject(transaction, request.project);
      const repositoryId = repository
        ? await knownRepository(transaction, repository)
        : await newestRepository(transaction, project);
      return storeRequest(transaction, { number, name, projectId: project.id, repositoryId });
    });
  }
}

/** @throws BuildgateError INVALID */
function checkName(name: string): void {
  storableText('name', name);
  if (name.trim() === '' || Array.from(name).length > MAX_NAME) {
    throw new BuildgateError('INVALID', `name: must have 1 to ${MAX_NAME} characters, not only blanks.`);
  }
}

/** Its builds are called after it. */
async function rename(transaction: Transaction, project: LockedProject, name: string): Promise<void> {
  const { id } = project;
  await transaction.all(sql`UPDATE project SET name = ${name} WHERE id = ${id}`);
  await renameBuilds(transaction, project, name);
  transaction.recordProjectChange({ system: System.DEVMASON, projectId: id, change: 'UPDATED' });
}

/** Repositories are told apart by their address and remembered; who comes later does not change their type. */
async function knownRepository(transaction: Transaction, { url, type }: RepositoryInput): Promise<number> {
  await transaction.all(
    sql`INSERT INTO devmason_repository (url, type) VALUES (${url}, ${type}) ON CONFLICT (url) DO NOTHING`,
  );
  const row = await first<{ id: number }>(transaction, sql`SELECT id FROM devmason_repository WHERE url = ${url}`);
  if (!row) throw new Error('The repository was not stored.');
  return row.id;
}

async function newestRepository(transaction: Transaction, { id }: LockedProject): Promise<number | null> {
  const row = await first<{ repositoryId: number }>(
    transaction,
    sql`SELECT devmason_repository_id AS "repositoryId" FROM event
      WHERE project_id = ${id} AND devmason_repository_id IS NOT NULL ORDER BY id DESC LIMIT 1`,
  );
  return row?.repositoryId ?? null;
}

async function storeRequest(
  transaction: Transaction,
  event: {
    readonly number: number;
    readonly name: string;
    readonly projectId: number;
    readonly repositoryId: number | null;
  },
): Promise<number> {
  const { number, name, projectId, repositoryId } = event;
  const id = recordId(System.DEVMASON, number);
  await transaction.all(
    sql`INSERT INTO event (id, system, legacy_id, name, state, legacy_state, project_id, requester, created_at,
        devmason_repository_id)
      VALUES (${id}, ${System.DEVMASON}, ${String(number)}, ${name}, ${State.QUEUED}, ${'requested'}, ${projectId},
        ${transaction.actor}, ${transaction.now}, ${repositoryId})`,
  );
  const change = { system: System.DEVMASON, kind: Kind.EVENT, recordId: id, from: null, reason: null } as const;
  transaction.recordChange({ ...change, to: State.QUEUED });
  return id;
}

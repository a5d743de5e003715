import type { Principal } from '../../core/auth/principal.js';
import { BuildgateError } from '../../core/errors.js';
import { sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import { storableText, type Transaction } from '../../core/store/transaction.js';
import { requireColumnTexts } from './column-texts.js';
import { date, documentOf, oid, type KernelciDocument } from './documents.js';
import { LAB } from './fields.js';
import { newOid } from './oids.js';
import { labValues } from './own-records.js';
import { ADMINS } from './permissions.js';
import { labBy, tokenBy, type LabRow, type TokenRow } from './reads.js';
import { holdWriters, insertRows, updateRow } from './records.js';
import type { TokenService } from './token-service.js';

/** What a lab is made or changed with; what is not given, or null, stays (contract kernelci, section 6.5). */
export interface LabInput {
  readonly name?: string | null;
  readonly contact?: Readonly<Record<string, unknown>> | null;
  readonly address?: Readonly<Record<string, unknown>> | null;
  readonly private?: boolean | null;
  readonly version?: string | null;
  /** A token itself, which becomes the lab's. */
  readonly token?: string | null;
}

/** What came of a change of a lab. */
export interface LabChange {
  /** Whether anything is different now. */
  readonly changed: boolean;
  /** False when a token was given that there is none of; the lab keeps its own. */
  readonly tokenFound: boolean;
}

const CONTACT_MEMBERS = ['name', 'surname', 'email'];
const NEW_LAB = { updated_on: null, private: false, address: {}, version: '1.0' };

/** Labs (contract kernelci, section 6.5). All verbs need the role admin. */
export class LabService {
  readonly #store: Store;
  readonly #tokens: TokenService;

  constructor(store: Store, tokens: TokenService) {
    this.#store = store;
    this.#tokens = tokens;
  }

  /**
   * Makes a lab, and a token for it unless one is given; gives its legacy id. A given token that there is none of leaves
   * the lab without.
   * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN, INVALID, CONFLICT when the name is taken
   */
  async create(principal: Principal, input: LabInput): Promise<string> {
    ADMINS.demand(principal);
    const name = storableText('name', input.name ?? '');
    if (name.trim() === '') throw new BuildgateError('INVALID', 'name: must not be empty.', { field: 'name' });
    const email = checkContact(input.contact);
    return this.#store.transact(principal, async (transaction) => {
      await holdWriters(transaction);
      await requireFreeName(transaction, name);
      const token = input.token
        ? ((await this.#tokens.find(transaction, input.token))?.legacyId ?? null)
        : await this.#tokens.createForLab(transaction, email);
      const legacyId = newOid(transaction.now);
      const document = {
        _id: oid(legacyId),
        created_on: date(transaction.now),
        ...NEW_LAB,
        ...plainMembers(input),
        token: token === null ? null : oid(token),
      };
      requireColumnTexts(LAB, document);
      await insertRows(transaction, 'kernelci_lab', [labValues(document)]);
      return legacyId;
    });
  }

  /**
   * Changes what is given. A new contact's address goes to the lab's token, too; a new token makes the old one expire.
   * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN, INVALID, NOT_FOUND, CONFLICT when the name is taken
   */
  async update(principal: Principal, legacyId: string, input: LabInput): Promise<LabChange> {
    ADMINS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      await holdWriters(transaction);
      const row = await requireLab(transaction, legacyId);
      const email = input.contact ? checkContact(input.contact) : null;
      const before = documentOf(row);
      if (input.name && input.name !== before['name'])
        await requireFreeName(transaction, storableText('name', input.name));
      const token = input.token ? await this.#tokens.find(transaction, input.token) : undefined;
      const after = { ...before, ...plainMembers(input), ...(token && { token: oid(token.legacyId) }) };
      const changed = JSON.stringify(after) !== JSON.stringify(before);
      if (changed) {
        requireColumnTexts(LAB, after);
        const stored = { ...after, updated_on: date(transaction.now) };
        await updateRow(transaction, 'kernelci_lab', row.id, labValues(stored));
        await this.#settleTokens(transaction, row.tokenOid, token, email);
      }
      return { changed, tokenFound: !input.token || token !== undefined };
    });
  }

  /**
   * Deletes a lab and its token.
   * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND
   */
  async remove(principal: Principal, legacyId: string): Promise<void> {
    ADMINS.demand(principal);
    return this.#store.transact(principal, async (transaction) => {
      const { id, tokenOid } = await requireLab(transaction, legacyId);
      await transaction.all(sql`DELETE FROM kernelci_lab WHERE id = ${id}`);
      if (tokenOid !== null) await transaction.all(sql`DELETE FROM kernelci_token WHERE oid = ${tokenOid}`);
    });
  }

  async #settleTokens(
    transaction: Transaction,
    oldOid: string | null,
    given: TokenRow | undefined,
    email: string | null,
  ): Promise<void> {
    const old = oldOid === null ? undefined : await tokenBy(transaction, 'oid', oldOid);
    const replaced = given !== undefined && given.legacyId !== oldOid;
    if (replaced && old) await this.#tokens.replace(transaction, old, { ...documentOf(old), expired: true });
    const current = replaced ? given : old;
    if (email !== null && current) await this.#tokens.replace(transaction, current, { ...documentOf(current), email });
  }
}

/** The given members of a lab that documents show as they are. */
function plainMembers(input: LabInput): KernelciDocument {
  const { name, contact, address, private: isPrivate, version } = input;
  const members = Object.entries({ name, contact, address, private: isPrivate, version });
  return Object.fromEntries(members.filter(([, value]) => value !== null && value !== undefined));
}

/**
 * The e-mail address of a contact.
 * @throws BuildgateError INVALID; `details.missing` names what it lacks
 */
function checkContact(contact: LabInput['contact']): string {
  if (!contact || Object.keys(contact).length === 0)
    throw new BuildgateError('INVALID', 'contact: must not be empty.', { field: 'contact' });
  const missing = CONTACT_MEMBERS.filter((name) => {
    const value = Object.hasOwn(contact, name) ? contact[name] : null;
    return typeof value !== 'string' || value.trim() === '';
  });
  if (missing.length > 0)
    throw new BuildgateError('INVALID', `contact: lacks ${missing.join(', ')}.`, { field: 'contact', missing });
  return String(contact['email']);
}

async function requireFreeName(transaction: Transaction, name: string): Promise<void> {
  if (await labBy(transaction, 'name', name))
    throw new BuildgateError('CONFLICT', 'name: there is a lab of this name.', { field: 'name' });
}

async function requireLab(transaction: Transaction, legacyId: string): Promise<LabRow> {
  const row = await labBy(transaction, 'oid', legacyId.toLowerCase());
  if (!row) throw new BuildgateError('NOT_FOUND', 'legacyId: there is no such lab.');
  return row;
}

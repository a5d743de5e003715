import { randomUUID } from 'node:crypto';
import type { Authenticator } from '../../core/auth/authenticator.js';
import { hashToken, keepToken } from '../../core/auth/kept-token.js';
import { UNRESTRICTED, type Principal } from '../../core/auth/principal.js';
import type { SecretBox } from '../../core/auth/secrets.js';
import { BuildgateError } from '../../core/errors.js';
import type { Reader } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import type { Store } from '../../core/store/store.js';
import type { Transaction } from '../../core/store/transaction.js';
import { isWithin } from './addresses.js';
import { date, documentOf, oid, type KernelciDocument } from './documents.js';
import { newOid } from './oids.js';
import { flagsOf, tokenValues } from './own-records.js';
import { ADMINS, bitOf, tokenPrincipal, userPrincipal } from './permissions.js';
import { tokenBy, type TokenRow } from './reads.js';
import { insertRows, updateRow } from './records.js';
import { applyToToken, type TokenInput } from './token-input.js';

/** What the service is made with. */
export interface TokenServiceOptions {
  readonly store: Store;
  readonly secrets: SecretBox;
  /** Knows the gateway's own tokens, which the old API takes too. */
  readonly authenticator: Authenticator;
  /** `none`: everybody may do everything. */
  readonly mode: 'token' | 'none';
}

const PREFIX = /^(?:Bearer|Token) +/i;
const GATEWAY_TOKEN = /^bg_/;
const NEW_TOKEN = { expired: false, expires_on: null, username: null, ip_address: null, version: '1.0' };

/** Tokens of the old API (contract kernelci, sections 4.5, 6.6 and 7). */
export class TokenService {
  readonly #options: TokenServiceOptions;

  constructor(options: TokenServiceOptions) {
    this.#options = options;
  }

  /**
   * Who an `Authorization` header stands for: its whole value is the token; a prefix `Bearer` or `Token` is tolerated.
   * @throws BuildgateError UNAUTHENTICATED when there is none, it is unknown or expired, or may not be used from there
   */
  async identify(authorization: string | undefined, caller: { readonly address: string }): Promise<Principal> {
    const { mode, authenticator, store } = this.#options;
    if (mode === 'none') return UNRESTRICTED;
    const value = (authorization ?? '').trim().replace(PREFIX, '');
    if (value === '') throw refusal();
    if (GATEWAY_TOKEN.test(value)) return userPrincipal(await authenticator.authenticate(`Bearer ${value}`));
    const row = await this.find(store.reader, value);
    if (!row || !isValid(row, store.now()) || !mayComeFrom(row, caller.address)) throw refusal();
    const { username } = documentOf(row);
    return tokenPrincipal(row, typeof username === 'string' ? username : null);
  }

  /** The token with this value. */
  find(reader: Reader, value: string): Promise<TokenRow | undefined> {
    return tokenBy(reader, 'token_hash', hashToken(value));
  }

  /** The token itself; null when it was stored with another key of the installation. */
  reveal(sealed: string): string | null {
    return this.#options.secrets.unseal(sealed);
  }

  /**
   * Makes a token; gives its legacy id.
   * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN, INVALID
   */
  async create(principal: Principal, input: TokenInput): Promise<string> {
    ADMINS.demand(principal);
    if ((input.email ?? '') === '') throw new BuildgateError('INVALID', 'email: must be given.', { field: 'email' });
    return this.#options.store.transact(principal, (transaction) =>
      this.insert(transaction, applyToToken({ ...NEW_TOKEN, properties: flagsOf(0) }, input)),
    );
  }

  /**
   * Changes what is given; everything else stays.
   * @throws BuildgateError UNAUTHENTICATED, FORBIDDEN, INVALID, NOT_FOUND
   */
  async update(principal: Principal, legacyId: string, input: TokenInput): Promise<void> {
    ADMINS.demand(principal);
    return this.#options.store.transact(principal, async (transaction) => {
      const row = await requireToken(transaction, legacyId);
      await this.replace(transaction, row, applyToToken(documentOf(row), input));
    });
  }

  /** @throws BuildgateError UNAUTHENTICATED, FORBIDDEN, NOT_FOUND */
  async remove(principal: Principal, legacyId: string): Promise<void> {
    ADMINS.demand(principal);
    return this.#options.store.transact(principal, async (transaction) => {
      const { id } = await requireToken(transaction, legacyId);
      await transaction.all(sql`DELETE FROM kernelci_token WHERE id = ${id}`);
    });
  }

  /** Makes the token of a lab, inside the transaction that makes the lab: it may report and delete boots, not read. */
  createForLab(transaction: Transaction, email: string): Promise<string> {
    const properties = flagsOf(bitOf('post') | bitOf('delete') | bitOf('lab'));
    return this.insert(transaction, { ...NEW_TOKEN, email, properties });
  }

  /** Stores a new token with the members of a document; gives its legacy id. */
  async insert(transaction: Transaction, members: KernelciDocument): Promise<string> {
    const legacyId = newOid(transaction.now);
    const document = { _id: oid(legacyId), created_on: date(transaction.now), ...members };
    await insertRows(transaction, 'kernelci_token', [
      tokenValues(document, keepToken(this.#options.secrets, randomUUID())),
    ]);
    return legacyId;
  }

  /** Puts another document in the place of a token's; the token itself stays. */
  async replace(transaction: Transaction, row: TokenRow, document: KernelciDocument): Promise<void> {
    const values = tokenValues(document, { hash: '', sealed: row.tokenSealed });
    values.delete('token_hash');
    await updateRow(transaction, 'kernelci_token', row.id, values);
  }
}

/** Whether a token has not expired. */
export function isValid({ expired, expiresAt }: TokenRow, now: number): boolean {
  return !expired && (expiresAt === null || expiresAt > now);
}

function mayComeFrom(row: TokenRow, address: string): boolean {
  if ((row.properties & bitOf('ip_restricted')) === 0) return true;
  const { ip_address: allowed } = documentOf(row);
  return Array.isArray(allowed) && isWithin(address, allowed.map(String));
}

function refusal(): BuildgateError {
  return new BuildgateError('UNAUTHENTICATED', 'The token is not valid.');
}

async function requireToken(transaction: Transaction, legacyId: string): Promise<TokenRow> {
  const row = await tokenBy(transaction, 'oid', legacyId.toLowerCase());
  if (!row) throw new BuildgateError('NOT_FOUND', 'legacyId: there is no such token.');
  return row;
}

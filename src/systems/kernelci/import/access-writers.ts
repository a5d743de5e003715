import { keepToken } from '../../../core/auth/kept-token.js';
import type { SecretBox } from '../../../core/auth/secrets.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { inList, raw, sql, type SqlValue } from '../../../core/store/sql.js';
import { LAB, TOKEN } from '../fields.js';
import { labValues, tokenValues } from '../own-records.js';
import { tallyOf } from './arrays.js';
import type { KnownOwnRows } from './known.js';
import { knownOf, OwnWriter, type OwnItem } from './own-writer.js';
import type { ReadDocument } from './read.js';
import { UniqueColumn } from './unique.js';

/** Writes labs: each has a name of its own. */
export class LabWriter extends OwnWriter {
  readonly #names: UniqueColumn;

  private constructor(connection: BulkConnection, known: KnownOwnRows) {
    super(connection, LAB, known, tallyOf('lab'));
    this.#names = new UniqueColumn(connection, this.table.name, 'name', 'name');
  }

  static async start(connection: BulkConnection): Promise<LabWriter> {
    return new LabWriter(connection, await knownOf(connection, LAB));
  }

  /** @throws BuildgateError INVALID when a lab that the file does not have is called like one of the file */
  finish(): void {
    this.#names.finish();
  }

  protected override valuesOf(read: ReadDocument): Map<string, SqlValue> {
    const values = labValues(read.document);
    this.#names.take(read, String(values.get('name')));
    return values;
  }

  protected override prepare(items: readonly OwnItem[]): Promise<void> {
    return this.#names.free(new Map(items.map((item) => [String(item.values.get('name')), item])));
  }
}

/** Writes tokens: found by hash, encrypted with the key of the installation, and nowhere else. */
export class TokenWriter extends OwnWriter {
  readonly #secrets: SecretBox;
  readonly #hashes: UniqueColumn;

  private constructor(connection: BulkConnection, known: KnownOwnRows, secrets: SecretBox) {
    super(connection, TOKEN, known, tallyOf('token'));
    this.#secrets = secrets;
    this.#hashes = new UniqueColumn(connection, this.table.name, 'token_hash', 'token');
  }

  static async start(connection: BulkConnection, secrets: SecretBox): Promise<TokenWriter> {
    return new TokenWriter(connection, await knownOf(connection, TOKEN), secrets);
  }

  /** @throws BuildgateError INVALID when a token that the file does not have is the same as one of the file */
  finish(): void {
    this.#hashes.finish();
  }

  protected override valuesOf(read: ReadDocument): Map<string, SqlValue> {
    const { token, ...document } = read.document;
    const kept = keepToken(this.#secrets, String(token));
    this.#hashes.take(read, kept.hash);
    return tokenValues(document, kept);
  }

  /** What is sealed already stays as it is: sealed again it would be another text. */
  protected override async prepare(items: readonly OwnItem[]): Promise<void> {
    const byHash = new Map(items.map((item) => [String(item.values.get('token_hash')), item]));
    const stored = await this.connection.all<{ hash: string; sealed: string }>(
      sql`SELECT token_hash AS hash, token_sealed AS sealed FROM ${raw(this.table.name)}
        WHERE ${inList(this.connection.dialect, raw('token_hash'), [...byHash.keys()], 'text')}`,
    );
    for (const { hash, sealed } of stored) {
      if (this.#secrets.unseal(sealed) !== null) byHash.get(hash)?.values.set('token_sealed', sealed);
    }
    await this.#hashes.free(byHash);
  }
}

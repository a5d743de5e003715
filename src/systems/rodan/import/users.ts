import { keepToken } from '../../../core/auth/kept-token.js';
import { MEMBER_NAME } from '../../../core/auth/member.js';
import { isOwnHash } from '../../../core/auth/passwords.js';
import type { SecretBox } from '../../../core/auth/secrets.js';
import type { BulkConnection } from '../../../core/import/bulk.js';
import { refuseRow, RowFields, shown, type Place } from '../../../core/import/fields.js';
import { Fate, Stage, type StageDefinition } from '../../../core/import/stage.js';
import { TakenNames, TakenNumbers } from '../../../core/import/taken.js';
import { System } from '../../../core/model/states.js';
import { first } from '../../../core/store/reader.js';
import { raw, sql } from '../../../core/store/sql.js';
import { booleans, integers, texts } from './collection.js';
import { renumberUsers } from './user-numbers.js';

/** Users: members with the numbers of the old server (contract rodan, sections 4 and 14). */

const STAGE: StageDefinition = {
  name: 'import_user',
  rows: { one: 'user', many: 'users' },
  table: 'rodan_user',
  key: ['id'],
  identity: ['position'],
  given: [
    ...integers('number'),
    ...texts('first_name', 'last_name', 'email'),
    ...booleans('staff', 'active', 'superuser'),
    ...texts('token_hash', 'token_sealed', 'imported_token_hash'),
  ],
  derived: integers('id'),
  extra: texts('name', 'password_hash'),
};

const NUMBER_AT_END = /(?:^|\/)user\/(\d{1,15})\/?(?:[?#].*)?$/s;
const STORED_PASSWORD =
  /^(?:pbkdf2_sha256\$\d{1,8}\$[^$]*\$[A-Za-z0-9+/]{43}=|pbkdf2_sha1\$\d{1,8}\$[^$]*\$[A-Za-z0-9+/]{27}=|sha1\$[^$]*\$[0-9a-f]{40}|md5\$[^$]*\$[0-9a-f]{32})$/i;
const TOKEN = /^[\x21-\x7e]{1,255}$/;
const TOKEN_HASH = /^[0-9a-f]{64}$/;
const OURS = sql`CAST(${System.RODAN} AS bigint)`;

/** The users of a file. */
export class Users {
  readonly #connection: BulkConnection;
  readonly #secrets: SecretBox;
  readonly #names = new TakenNames('username');
  readonly #numbers = new TakenNumbers('id');
  readonly #tokens = new Map<string, Place>();

  private constructor(
    connection: BulkConnection,
    secrets: SecretBox,
    readonly stage: Stage,
  ) {
    this.#connection = connection;
    this.#secrets = secrets;
  }

  static async start(connection: BulkConnection, secrets: SecretBox): Promise<Users> {
    return new Users(connection, secrets, await Stage.create(connection, STAGE));
  }

  /** @throws BuildgateError INVALID naming row and field */
  add(value: unknown, place: Place): void {
    const fields = new RowFields(value, place, 'username', ({ username }) => nameIn(username));
    const name = fields.parsed('username', nameIn, 'the name of a user');
    const number = fields.parsed('url', numberIn, 'a link to user/{id}/');
    this.#names.take(name, place);
    this.#numbers.take(number, place);
    this.stage.add(
      [
        number,
        fields.optionalText('first_name', null) ?? '',
        fields.optionalText('last_name', null) ?? '',
        fields.optionalText('email', null) ?? '',
        fields.boolean('is_staff', false),
        fields.boolean('is_active', true),
        fields.boolean('is_superuser', false),
        ...this.#readToken(fields),
        this.#readOtherToken(fields),
        name,
        readPassword(fields),
      ],
      place.index,
    );
  }

  /**
   * Writes the users. Whoever is known by name gets the number and what else the file says, and keeps the token that they
   * have besides that of the file; also the password, once they have been imported: they may have changed it here.
   * @throws BuildgateError INVALID when a token of the file is that of somebody else
   */
  async settle(): Promise<void> {
    const connection = this.#connection;
    await connection.all(sql`INSERT INTO member (system, name, password_hash, created_at)
      SELECT ${OURS}, name, password_hash, CAST(${Date.now() * 1000} AS bigint) FROM import_user
      WHERE TRUE ORDER BY number ON CONFLICT (system, name) DO NOTHING`);
    await connection.all(sql`UPDATE import_user SET id = m.id FROM member m
      WHERE m.system = ${OURS} AND m.name = import_user.name`);
    const changed = await this.#writePasswords();
    await renumberUsers(connection);
    await this.#keepTokens();
    await this.stage.compare();
    for (const id of changed) {
      await connection.all(
        sql`UPDATE import_user SET fate = ${Fate.REPLACED} WHERE fate = ${Fate.UNCHANGED} AND id = ${id}`,
      );
    }
    await this.stage.write();
  }

  #readToken(fields: RowFields): [hash: string | null, sealed: string | null] {
    const token = fields.optionalText('token', null);
    if (token === null || token === '') return [null, null];
    // What it is instead is not repeated.
    if (!TOKEN.test(token))
      throw fields.refusal('token', 'must be up to 255 printable ASCII characters without blanks.');
    const { hash, sealed } = keepToken(this.#secrets, token);
    this.#takeToken(fields, 'token', hash);
    return [hash, sealed];
  }

  /** Another key that is good, of which an export knows the hash only. */
  #readOtherToken(fields: RowFields): string | null {
    const field = 'other_token_sha256';
    const hash = fields.optionalText(field, null);
    if (hash === null) return null;
    if (!TOKEN_HASH.test(hash)) throw fields.refusal(field, 'must be 64 hexadecimal digits.');
    this.#takeToken(fields, field, hash);
    return hash;
  }

  #takeToken(fields: RowFields, field: string, hash: string): void {
    const known = this.#tokens.get(hash);
    if (known) throw fields.refusal(field, `${known} has the same.`);
    this.#tokens.set(hash, fields.place);
  }

  /** Ids of those whose password is another one now. */
  async #writePasswords(): Promise<number[]> {
    const rows = await this.#connection.all<{ id: number }>(sql`UPDATE member SET password_hash = s.password_hash
      FROM import_user s WHERE s.id = member.id AND s.password_hash IS NOT NULL
        AND member.password_hash IS DISTINCT FROM s.password_hash
        AND (member.password_hash IS NULL
          OR NOT EXISTS (SELECT 1 FROM rodan_user u WHERE u.id = member.id AND u.number = s.number))
      RETURNING member.id AS id`);
    return rows.map(({ id }) => id);
  }

  /** Whoever has a token keeps it; that of the file is good besides. */
  async #keepTokens(): Promise<void> {
    const connection = this.#connection;
    await connection.all(sql`UPDATE import_user SET imported_token_hash =
        CASE WHEN import_user.token_hash <> u.token_hash THEN import_user.token_hash
        ELSE COALESCE(import_user.imported_token_hash, u.imported_token_hash) END
      FROM rodan_user u WHERE u.id = import_user.id`);
    const taken = await first<{ position: number; name: string; other: string }>(
      connection,
      sql`SELECT s.position AS position, s.name AS name, m.name AS other FROM import_user s
        JOIN rodan_user u ON u.token_hash IN (s.token_hash, s.imported_token_hash)
          OR u.imported_token_hash IN (s.token_hash, s.imported_token_hash)
        JOIN member m ON m.id = u.id WHERE u.id <> s.id ORDER BY s.position LIMIT 1`,
    );
    if (taken) {
      const message = `token: ${shown(taken.other)} has the same here.`;
      throw refuseRow(`users[${taken.position}]`, taken.name, message, 'username');
    }
    await connection.all(sql`UPDATE import_user SET token_hash = u.token_hash, token_sealed = u.token_sealed
      FROM rodan_user u WHERE u.id = import_user.id AND u.token_hash IS NOT NULL`);
  }

  /** Says that all rows are there. */
  async complete(): Promise<void> {
    await this.stage.complete();
    await this.#connection.all(raw('CREATE INDEX import_user_number ON import_user (number)'));
  }
}

function nameIn(value: unknown): string | null {
  return typeof value === 'string' && MEMBER_NAME.test(value) ? value : null;
}

function numberIn(url: string): number | null {
  const digits = NUMBER_AT_END.exec(url)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** A password that Django marked as unusable is none. */
function readPassword(fields: RowFields): string | null {
  const password = fields.optionalText('password', null);
  if (!password || password.startsWith('!')) return null;
  // What it is instead is not repeated.
  if (!STORED_PASSWORD.test(password) && !isOwnHash(password)) {
    throw fields.refusal('password', 'must be pbkdf2_sha256$ITERATIONS$SALT$BASE64 or another hash that Django makes.');
  }
  return password;
}

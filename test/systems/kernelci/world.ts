import { Authenticator } from '../../../src/core/auth/authenticator.js';
import { keepToken } from '../../../src/core/auth/kept-token.js';
import type { Principal } from '../../../src/core/auth/principal.js';
import { ANONYMOUS, UNRESTRICTED } from '../../../src/core/auth/principal.js';
import { SecretBox } from '../../../src/core/auth/secrets.js';
import { first } from '../../../src/core/store/reader.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { DeletionService } from '../../../src/systems/kernelci/deletion-service.js';
import { date, oid, type KernelciDocument } from '../../../src/systems/kernelci/documents.js';
import { LabService } from '../../../src/systems/kernelci/lab-service.js';
import { labValues, tokenValues } from '../../../src/systems/kernelci/own-records.js';
import { insertRows } from '../../../src/systems/kernelci/records.js';
import { ReportService } from '../../../src/systems/kernelci/report-service.js';
import { TokenService } from '../../../src/systems/kernelci/token-service.js';
import { ownStore, type OwnStore } from '../../core/world.js';

/** 2015-01-16T10:00:00Z, in microseconds. */
export const NOW = 1_421_402_400_000_000;

export const TREE = { tree: 'next', kernel: 'next-20150116', gitBranch: 'master' };
/** What a build needs. */
export const BUILD = { ...TREE, arch: 'arm', defconfig: 'multi_v7_defconfig' };
/** What a boot in `lab-x` needs. */
export const BOOT = { ...BUILD, board: 'juno', labName: 'lab-x', version: '1.0' };

/** Elements of `properties`, by their place. */
export const FLAG = { admin: 0, superuser: 1, get: 2, post: 3, delete: 4, ip: 5, lab: 7, upload: 8, testLab: 9 };

/** The verbs of Kernel CI on a database of their own. */
export class Verbs {
  readonly reports: ReportService;
  readonly deletions: DeletionService;
  readonly tokens: TokenService;
  readonly labs: LabService;
  readonly secrets = SecretBox.open({ secret: null, file: null });
  #made = 0;

  private constructor(
    readonly own: OwnStore,
    readonly clock: { now: number },
  ) {
    const { store } = own;
    const authenticator = new Authenticator({ store, mode: 'token', roles: {} });
    this.reports = new ReportService(store);
    this.deletions = new DeletionService(store);
    this.tokens = new TokenService({ store, secrets: this.secrets, authenticator, mode: 'token' });
    this.labs = new LabService(store, this.tokens);
  }

  static async open(): Promise<Verbs> {
    const clock = { now: NOW };
    return new Verbs(await ownStore({ now: () => clock.now }), clock);
  }

  close(): Promise<void> {
    return this.own.close();
  }

  /** Empties the database and puts the clock back: a database of its own for each test would take seconds. */
  async reset(): Promise<void> {
    await this.own.store.transact(UNRESTRICTED, async (transaction) => {
      for (const table of FILLED) await transaction.all(sql`DELETE FROM ${raw(table)}`);
    });
    this.clock.now = NOW;
    this.own.statements.length = 0;
    this.#made = 0;
  }

  /** Stores a token as an import does; gives its legacy id. */
  async token(value: string, flags: readonly number[], members: object = {}): Promise<string> {
    const legacyId = this.#oid('a');
    const properties = Array.from({ length: 16 }, (_, index) => (flags.includes(index) ? 1 : 0));
    const document = {
      _id: oid(legacyId),
      created_on: date(NOW),
      email: 'ci@example.org',
      username: null,
      expired: false,
      expires_on: null,
      ip_address: null,
      properties,
      version: '1.0',
      ...members,
    };
    await this.#insert('kernelci_token', tokenValues(document, keepToken(this.secrets, value)));
    return legacyId;
  }

  /** Stores a lab as an import does; gives its legacy id. */
  async lab(name: string, tokenOid: string | null, members: object = {}): Promise<string> {
    const legacyId = this.#oid('b');
    const contact = { name: 'A', surname: 'B', email: 'a@example.org' };
    const token = tokenOid === null ? null : oid(tokenOid);
    const rest = { name, private: false, address: {}, contact, token, version: '1.0', ...members };
    const document = { _id: oid(legacyId), created_on: date(NOW), updated_on: null, ...rest };
    await this.#insert('kernelci_lab', labValues(document));
    return legacyId;
  }

  /** Who a token stands for. */
  as(value: string, address = '127.0.0.1'): Promise<Principal> {
    return this.tokens.identify(value, { address });
  }

  /** The document of a stored record. */
  async document(table: 'event' | 'build' | 'job', id: number): Promise<KernelciDocument> {
    const row = await first<{ document: string }>(
      this.own.store.reader,
      sql`SELECT kernelci_document AS document FROM ${TABLES[table]} WHERE id = ${id}`,
    );
    return JSON.parse(row!.document) as KernelciDocument;
  }

  /** Everything that the log says of Kernel CI's records, oldest first. */
  changes(): Promise<{ kind: number; from: number | null; to: number; deleted: boolean }[]> {
    return this.own.store.reader.all(sql`SELECT kind, from_state AS "from", to_state AS "to", deleted FROM change_log
      WHERE system = 5 AND kind <> 0 ORDER BY sequence`);
  }

  /** Number of rows of a table. */
  async count(table: 'event' | 'build' | 'job' | 'kernelci_test_case' | 'kernelci_token'): Promise<number> {
    const row = await first<{ total: number }>(
      this.own.store.reader,
      sql`SELECT COUNT(*) AS total FROM ${TABLES[table]}`,
    );
    return row!.total;
  }

  #insert(table: string, values: ReadonlyMap<string, string | number | boolean | null>): Promise<void> {
    return this.own.store.transact(UNRESTRICTED, (transaction) => insertRows(transaction, table, [values]));
  }

  #oid(letter: string): string {
    this.#made += 1;
    return `54${String(this.#made).padStart(21, '0')}${letter}`;
  }
}

/** Tables that the verbs write, those that refer to others first. */
const FILLED: readonly string[] = [
  'job',
  'build',
  'event',
  'project',
  'kernelci_test_case',
  'kernelci_lab',
  'kernelci_token',
  'change_log',
  'state_count',
  'record_key',
];

const TABLES = {
  event: raw('event'),
  build: raw('build'),
  job: raw('job'),
  kernelci_test_case: raw('kernelci_test_case'),
  kernelci_token: raw('kernelci_token'),
};

/** An account of the gateway without roles. */
export const USER: Principal = { ...ANONYMOUS, userName: 'alice', userId: 1 };

/** Code, message and details of a refusal; fails when nothing is refused. */
export async function refusal(work: Promise<unknown>): Promise<{ code: string; message: string; details: object }> {
  try {
    await work;
  } catch (error) {
    const { code, message, details } = error as { code: string; message: string; details: object };
    return { code, message, details };
  }
  throw new Error('Nothing was refused.');
}

import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config.js';
import type { CheckResult } from '../../src/doctor/check.js';
import { emptyDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { importData } from '../support/server.js';
import { environment, GatewayProcess, run } from './gateway-process.js';

const isPostgresql = process.env.BUILDGATE_TEST_DATABASE === 'postgresql';
let database: TestDatabase;
let folder: string;

beforeEach(async () => {
  database = await testDatabase();
  folder = mkdtempSync(join(tmpdir(), 'buildgate-doctor-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

/** Settings with which nothing is wrong, but for those of the test. */
function settings(own: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { ...environment(database), BUILDGATE_SECRET_FILE: join(folder, 'key'), ...own };
}

interface Diagnosis {
  readonly code: number | null;
  readonly text: string;
  /** What was found under a name. */
  readonly of: (name: string) => readonly Omit<CheckResult, 'name'>[];
}

async function diagnosis(env: Readonly<Record<string, string>>): Promise<Diagnosis> {
  const { code, stdout, stderr } = await run(['doctor', '--json'], env);
  expect(stderr).toBe('');
  const { ok, checks } = JSON.parse(stdout) as { ok: boolean; checks: CheckResult[] };
  expect(ok).toBe(code === 0);
  for (const { status, advice } of checks) expect(advice === undefined).toBe(status === 'ok');
  return {
    code,
    text: stdout,
    of: (name) => checks.flatMap(({ name: found, ...rest }) => (found === name ? [rest] : [])),
  };
}

/** A failed check, for comparison. */
function failed(message: unknown): object {
  return { status: 'failed', message, advice: expect.any(String) };
}

describe('buildgate doctor', () => {
  it('finds nothing wrong with a database that was migrated, and leaves no trace', async () => {
    if (database.config.kind === 'sqlite') chmodSync(database.config.path, 0o600);
    const { code, stdout, stderr } = await run(['doctor'], settings());
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^ok {7}Node\.js {5}\d+\.\d+\.\d+\nok {7}settings {4}all values are allowed\n/);
    expect(stdout).toMatch(/^ok {7}migrations {2}all \d+ are applied$/m);
    expect(stdout).toMatch(/\n\n(Everything is fine|0 failed, \d+ warnings?)\.\n$/);
    expect(stdout).not.toContain('\u001B');
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has colours where they are wanted', async () => {
    const { stdout } = await run(['doctor'], settings({ FORCE_COLOR: '1' }));
    expect(stdout).toContain('\u001B[32mok     \u001B[39m  Node.js');
  });

  it('tells all wrong settings at once, without what may be secret', async () => {
    const wrong = { PORT: 'eighty', BROKER_URL: 'http://guest:hidden-word@broker', BUILDGATE_GRACE_SECOND: '1' };
    const found = await diagnosis(settings(wrong));
    expect(found.code).toBe(1);
    expect(found.of('settings').map(({ status }) => status)).toEqual(['failed', 'failed', 'failed']);
    expect(found.of('settings')).toContainEqual(failed(expect.stringMatching(/^PORT: "eighty" is refused/)));
    expect(found.text).not.toContain('hidden-word');
    expect(found.of('database')).toEqual([]);
  });

  it('names pending migrations', async () => {
    const empty = await emptyDatabase();
    try {
      const url = empty.config.kind === 'sqlite' ? `sqlite:${empty.config.path}` : empty.config.url;
      if (empty.config.kind === 'sqlite') writeFileSync(empty.config.path, '', { mode: 0o600 });
      const found = await diagnosis(settings({ DATABASE_URL: url }));
      const isSqlite = empty.config.kind === 'sqlite';
      expect(found.of('migrations')).toEqual([
        {
          status: isSqlite ? 'warning' : 'failed',
          message: expect.stringMatching(/^pending: 0001_/),
          advice: expect.stringContaining(isSqlite ? 'the next start applies them' : 'buildgate migrate'),
        },
      ]);
      expect(found.code).toBe(isSqlite ? 0 : 1);
    } finally {
      await empty.drop();
    }
  });

  it('says that a database refuses, without its password', async () => {
    const found = await diagnosis(settings({ DATABASE_URL: 'postgres://user:hidden-word@127.0.0.1:1/none' }));
    expect(found.code).toBe(1);
    expect(found.of('database')).toEqual([
      failed(expect.stringMatching(/^postgres:\/\/user:\*\*\*@127\.0\.0\.1:1\/none: .*ECONNREFUSED/)),
    ]);
    expect(found.text).not.toContain('hidden-word');
  });

  // Only a database of its kind has these faults.
  describe.each(isPostgresql ? ['PostgreSQL'] : [])('%s', () => {
    it('says that PostgreSQL takes no writes', async () => {
      const url = new URL(settings()['DATABASE_URL']!);
      url.searchParams.set('options', '-c default_transaction_read_only=on');
      const found = await diagnosis(settings({ DATABASE_URL: url.href }));
      expect(found.code).toBe(1);
      expect(found.of('database')).toContainEqual(failed('it takes no writes (a standby, or read only)'));
      expect(found.of('clock')).toEqual([{ status: 'ok', message: 'agrees with the clock of the database' }]);
    });

    it('names tables that PostgreSQL withholds', async () => {
      const role = `buildgate_doctor_${process.pid}`;
      const url = new URL(settings()['DATABASE_URL']!);
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      try {
        await client.query(`CREATE ROLE ${role} LOGIN`);
        await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ${role}`);
        await client.query(`REVOKE DELETE ON event, build FROM ${role}`);
        url.username = role;
        const found = await diagnosis(settings({ DATABASE_URL: url.href }));
        expect(found.code).toBe(1);
        expect(found.of('database')).toContainEqual(failed('the user may not read and write build, event'));
        expect(found.of('database')).toContainEqual({
          status: 'warning',
          message: 'the user may not create tables in schema public',
          advice: expect.any(String) as string,
        });
      } finally {
        await client.query(`DROP OWNED BY ${role}`);
        await client.query(`DROP ROLE ${role}`);
        await client.end();
      }
    });
  });

  it('says that an SQLite file is none, and leaves it alone', async () => {
    const file = join(folder, 'notes.db');
    writeFileSync(file, 'milk, eggs\n'.repeat(100), { mode: 0o600 });
    const found = await diagnosis(settings({ DATABASE_URL: `sqlite:${file}` }));
    expect(found.of('database')).toEqual([failed(`${file}: file is not a database`)]);
    expect(readFileSync(file, 'utf8')).toBe('milk, eggs\n'.repeat(100));
  });

  it('makes no database where there is none', async () => {
    const file = join(folder, 'deep', 'new.db');
    const found = await diagnosis(settings({ DATABASE_URL: `sqlite:${file}` }));
    expect(found.of('database')).toEqual([
      { status: 'ok', message: `there is none yet; the first start makes ${file}` },
    ]);
    expect(existsSync(join(folder, 'deep'))).toBe(false);
  });

  it('warns of an SQLite file that everybody may read, which is not as the gateway makes it', async () => {
    const file = join(folder, 'open.db');
    expect(await run(['migrate'], settings({ DATABASE_URL: `sqlite:${file}` }))).toMatchObject({ code: 0 });
    chmodSync(folder, 0o755);
    const made = await diagnosis(settings({ DATABASE_URL: `sqlite:${file}` }));
    expect(made.of('database')).toEqual([{ status: 'ok', message: `${file} can be read and written` }]);
    chmodSync(file, 0o644);
    const found = await diagnosis(settings({ DATABASE_URL: `sqlite:${file}` }));
    expect(found.of('database')[0]).toEqual({
      status: 'warning',
      message: `${file} may be read by everybody (mode 644)`,
      advice: `it holds hashes of passwords and tokens: chmod 600 ${file}`,
    });
  });

  it('says that the broker is away, without its password', async () => {
    const found = await diagnosis(settings({ BROKER_URL: 'amqp://guest:hidden-word@127.0.0.1:1' }));
    expect(found.code).toBe(1);
    expect(found.of('broker')).toEqual([
      failed(expect.stringMatching(/^amqp:\/\/guest:\*\*\*@127\.0\.0\.1:1: .*ECONNREFUSED/)),
    ]);
    expect(found.text).not.toContain('hidden-word');
  });

  it('says that everybody may read the key', async () => {
    const key = join(folder, 'key');
    writeFileSync(key, Buffer.alloc(32, 7));
    chmodSync(key, 0o644);
    const found = await diagnosis(settings());
    expect(found.code).toBe(1);
    expect(found.of('secrets')).toEqual([
      { status: 'failed', message: `everybody may get at ${key} (mode 644)`, advice: `chmod 600 ${key}` },
    ]);
    chmodSync(key, 0o640);
    expect((await diagnosis(settings())).of('secrets')[0]).toMatchObject({ status: 'warning' });
    chmodSync(key, 0o600);
    expect((await diagnosis(settings())).of('secrets')).toEqual([
      { status: 'ok', message: `${key} is for its owner alone` },
    ]);
  });

  it('says that the key is missing, is another one, or is none', async () => {
    const key = join(folder, 'key');
    await importData(loadConfig(settings()), 'kernelci', {
      token: [
        {
          _id: { $oid: '545748fcc0ffee0000000001' },
          created_on: { $date: 1_415_006_460_000 },
          token: 'a0000000-aaaa-4aaa-8aaa-0000000000a1',
          email: 'a@example.org',
          properties: Array(16).fill(0),
        },
      ],
    });
    expect((await diagnosis(settings())).of('secrets')).toContainEqual({
      status: 'ok',
      message: 'the key opens the tokens of the database',
    });
    rmSync(key);
    expect((await diagnosis(settings())).of('secrets')).toEqual([
      failed(expect.stringMatching(/^there is no .*key, but/)),
    ]);
    writeFileSync(key, Buffer.alloc(32, 7), { mode: 0o600 });
    expect((await diagnosis(settings())).of('secrets')).toContainEqual(
      failed('the key opens 0 of 1 tokens of the database that were tried'),
    );
    writeFileSync(key, 'short', { mode: 0o600 });
    expect((await diagnosis(settings())).of('secrets')).toContainEqual(
      failed(`${key} is no key: it has less than 32 bytes.`),
    );
  });

  it('tells a port that a gateway has from one that somebody else has', async () => {
    const gateway = await GatewayProcess.start(environment(database));
    const own = await diagnosis(settings({ PORT: new URL(gateway.url).port }));
    expect([own.code, own.of('port')[0]!.status]).toEqual([0, 'warning']);
    await gateway.kill();
    const other = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port } = other.address() as AddressInfo;
      const taken = await diagnosis(settings({ PORT: String(port) }));
      expect(taken.code).toBe(1);
      expect(taken.of('port')).toEqual([failed(`another program has 127.0.0.1 port ${port}`)]);
    } finally {
      other.close();
    }
  });

  it('warns of a gateway that lets everybody do everything', async () => {
    const found = await diagnosis(settings({ HOST: '0.0.0.0', BUILDGATE_AUTH: 'none' }));
    expect(found.of('port')[0]).toMatchObject({
      status: 'warning',
      message: 'everybody who reaches 0.0.0.0 may do everything',
    });
  });

  it('looks at the list of documents that clients may run', async () => {
    const list = join(folder, 'persisted.json');
    const found = (content: object) => {
      writeFileSync(list, JSON.stringify(content));
      return diagnosis(settings({ BUILDGATE_DOCUMENTS: list }));
    };
    const fine = await found({ a: '{ viewer { id } }', b: '{ viewer { name } }' });
    expect(fine.of('documents')).toEqual([{ status: 'ok', message: 'clients may run 2 documents' }]);
    const none = await found({});
    expect([none.code, none.of('documents')]).toEqual([
      0,
      [{ status: 'warning', message: `${list} lists nothing`, advice: expect.any(String) as string }],
    ]);
    const wrong = await found({ a: '{ viewer { nam } }', b: '{' });
    expect(wrong.code).toBe(1);
    expect(wrong.of('documents')).toEqual([
      failed(
        `BUILDGATE_DOCUMENTS: ${list}: "a": line 1, column 12: Cannot query field "nam" on type "User". Did you mean "name"?`,
      ),
      failed(`BUILDGATE_DOCUMENTS: ${list}: "b": line 1, column 2: Syntax Error: Expected Name, found <EOF>.`),
    ]);
  });
});

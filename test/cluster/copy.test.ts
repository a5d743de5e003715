import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { raw } from '../../src/core/store/sql.js';
import type { DatabaseConfig } from '../../src/core/store/store.js';
import { content, copy, execute, fill, within } from '../core/copy/copied.js';
import { Command, environment, GatewayProcess, run } from '../e2e/gateway-process.js';
import { emptyDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { SECRET } from '../support/secrets.js';
import { proxied } from '../support/tcp-proxy.js';

let embedded: TestDatabase;
let server: TestDatabase;
let back: TestDatabase;
beforeEach(async () => {
  [embedded, server, back] = await Promise.all([migratedFile(), testDatabase(), migratedFile()]);
});
afterEach(async () => {
  await Promise.all([embedded, server, back].map((database) => database.drop()));
});

async function migratedFile(): Promise<TestDatabase> {
  const database = await emptyDatabase('sqlite');
  await within(database.config, (store) => store.migrate());
  return database;
}

function urlOf({ config }: TestDatabase): string {
  return config.kind === 'sqlite' ? `sqlite:${config.path}` : config.url;
}

function args(from: TestDatabase, to: TestDatabase): string[] {
  return ['copy', '--from', urlOf(from), '--to', urlOf(to)];
}

/** The same database by way of a proxy. */
async function behindProxy({ config, drop }: TestDatabase) {
  if (config.kind === 'sqlite') throw new Error('Nothing can come between a file and its reader.');
  const { proxy, url } = await proxied(config.url, 5432);
  const database: TestDatabase = { config: { kind: 'postgresql', url }, drop };
  return { proxy, database };
}

async function rows(database: DatabaseConfig, query: string): Promise<Record<string, unknown>[]> {
  return within(database, (store) => store.reader.all(raw(query)));
}

/** Texts that a format between the two might spoil, a truth value, and the largest number that the gateway uses. */
const ODD_ROW = {
  name: 'tab\t line\r\n back\\slash \\N \\. "quotes" \u{1F600} \u0001 é',
  branch: '',
  time: Number.MAX_SAFE_INTEGER,
};

async function insertOdd(database: DatabaseConfig): Promise<void> {
  const { name, branch, time } = ODD_ROW;
  await execute(
    database,
    `INSERT INTO event (id, system, legacy_id, name, state, legacy_state, created_at, buildapi_branch, kernelci_private, kernelci_rest)
      VALUES (1600, 1, '\\.', '${name}', 1, 'x', ${time}, '${branch}', 1, '{"a b": [1, 2.50, " \\\\ \\" "], "ab": null}')`,
  );
}

describe('From SQLite to PostgreSQL and back', () => {
  it('every table has the same rows', async () => {
    await fill(embedded.config);
    await insertOdd(embedded.config);
    const before = await content(embedded.config);
    await copy(embedded, server);
    expect(await content(server.config)).toEqual(before);
    await copy(server, back);
    expect(await content(back.config)).toEqual(before);
    const query = `SELECT name, buildapi_branch AS branch, created_at AS time FROM event WHERE id = 1600`;
    expect(await rows(server.config, query)).toEqual([ODD_ROW]);
    expect(await rows(back.config, `SELECT kernelci_rest AS rest FROM event WHERE id = 1600`)).toEqual([
      { rest: '{"ab":null,"a b":[1,2.50," \\\\ \\" "]}' },
    ]);
  });

  it('a gateway goes on: tokens open it, the log is there, new records get keys of their own', async () => {
    const token = await fill(embedded.config);
    await copy(embedded, server);
    await copy(server, back);
    for (const database of [server, back]) {
      const gateway = await GatewayProcess.start(environment(database, { BUILDGATE_SECRET: SECRET }));
      const { data, errors } = await gateway.graphql(
        `mutation {
          devmasonRegisterProject(name: "Lamp", slug: "lamp") { slug }
          devmasonRegisterUser(username: "newcomer", password: "a long password") { username }
        }`,
        {},
        token,
      );
      const read = await gateway.graphql('{ viewer { name admin } stateChanges { edges { cursor } } }', {}, token);
      await gateway.kill();
      expect(errors).toBeUndefined();
      expect(data).toMatchObject({ devmasonRegisterProject: { slug: 'lamp' } });
      expect(read.data).toEqual({
        viewer: { name: 'ops', admin: true },
        stateChanges: { edges: [{ cursor: '1' }, { cursor: '3' }, { cursor: '4' }] },
      });
    }
  });

  it('every sequence is behind the largest key', async () => {
    await fill(embedded.config);
    await copy(embedded, server);
    const columns = await rows(
      server.config,
      `SELECT table_name AS "table", column_name AS "column", pg_get_serial_sequence(table_name, column_name) AS sequence
        FROM information_schema.columns WHERE table_schema = 'public' AND is_identity = 'YES' AND table_name NOT LIKE 'mikro%'`,
    );
    expect(columns.length).toBeGreaterThan(5);
    for (const { table, column, sequence } of columns) {
      const [row] = await rows(
        server.config,
        `SELECT nextval('${String(sequence)}') AS next, (SELECT COALESCE(MAX(${String(column)}), 0) FROM ${String(table)}) AS largest`,
      );
      expect([table, row?.next]).toEqual([table, Number(row?.largest) + 1]);
    }
  });
});

describe('What is written meanwhile', () => {
  const insert = `INSERT INTO access_role (name) VALUES ('late')`;

  it.each(['SQLite', 'PostgreSQL'])('to the source, %s, is not in the copy, nor half of it', async (kind) => {
    const [from, to] = kind === 'SQLite' ? [embedded, server] : [server, back];
    await fill(from.config);
    const before = await content(from.config);
    let written: Promise<unknown> | undefined;
    const listener = { onRows: () => (written ??= execute(from.config, insert)), onTable: () => undefined };
    await copy(from, to, listener);
    await written;
    expect(await content(to.config)).toEqual(before);
    expect(await content(from.config)).not.toEqual(before);
  });

  it('to the target is waited for, and then the target is not empty', async () => {
    await within(server.config, async (store) => {
      const copying = (await store.entityManager()).transactional(async (em) => {
        await em.execute(insert);
        const started = copy(embedded, server).catch((error: unknown) => error);
        const waiting = () =>
          rows(
            server.config,
            `SELECT 1 AS one FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
        await expect.poll(waiting).toHaveLength(1);
        return [started];
      });
      expect(await (await copying)[0]).toMatchObject({
        message: expect.stringContaining('The target is not empty: access_role has rows.') as string,
      });
    });
  });

  it('to the target without an end is a refusal', async () => {
    await within(server.config, async (store) =>
      (await store.entityManager()).transactional(async (em) => {
        await em.execute(insert);
        await expect(copy(embedded, server)).rejects.toMatchObject({
          code: 'CONFLICT',
          message: 'The target: The database is being written to by another process. Try again later.',
        });
      }),
    );
  });
});

describe('A copy that does not come to its end stores nothing', () => {
  it.each(['at its first rows', 'at its last table'])('when PostgreSQL, the target, is lost %s', async (when) => {
    await fill(embedded.config);
    const empty = await content(server.config);
    const { proxy, database } = await behindProxy(server);
    const cut = { onRows: () => proxy.cut(), onTable: () => undefined };
    const cutLate = {
      onRows: () => undefined,
      onTable: (table: string) => void (table === 'user_group' && proxy.cut()),
    };
    await expect(copy(embedded, database, when === 'at its first rows' ? cut : cutLate)).rejects.toThrow(
      /ECONNRESET|Connection terminated/,
    );
    await proxy.close();
    expect(await content(server.config)).toEqual(empty);
    await copy(embedded, server);
    expect(await content(server.config)).toEqual(await content(embedded.config));
  });

  it('when PostgreSQL, the source, is lost', async () => {
    await fill(server.config);
    const empty = await content(back.config);
    const { proxy, database } = await behindProxy(server);
    const cut = { onRows: () => proxy.cut(), onTable: () => undefined };
    await expect(copy(database, back, cut)).rejects.toThrow(/ECONNRESET|Connection terminated/);
    await proxy.close();
    expect(await content(back.config)).toEqual(empty);
    await copy(server, back);
    expect(await content(back.config)).toEqual(await content(server.config));
  });

  it.each(['SIGKILL', 'SIGINT'] as const)('when the command ends by %s', async (signal) => {
    await fill(embedded.config);
    const empty = await content(server.config);
    await within(server.config, async (store) => {
      const held = Promise.withResolvers<void>();
      const locked = Promise.withResolvers<void>();
      // All rows are written, and the copy waits for this sequence.
      const holding = (await store.entityManager()).transactional(async (em) => {
        await em.execute('ALTER SEQUENCE user_account_id_seq INCREMENT BY 1');
        locked.resolve();
        await held.promise;
      });
      await locked.promise;
      const command = new Command(args(embedded, server), environment(embedded));
      await command.shown('stderr', /^user_group: 1 row/m);
      command.child.kill(signal);
      expect((await command.exited).signal).toBe(signal);
      held.resolve();
      await holding;
    });
    await expect.poll(() => content(server.config)).toEqual(empty);
    expect(await run(args(embedded, server), environment(embedded))).toMatchObject({ code: 0 });
    expect(await content(server.config)).toEqual(await content(embedded.config));
  });

  it('when a text has a character that PostgreSQL cannot hold, and the place is named', async () => {
    await execute(
      embedded.config,
      `INSERT INTO project (id, system, legacy_id, name) VALUES (17, 1, 'a', 'a'), (33, 1, 'b', 'b' || char(0))`,
    );
    const { code, stdout, stderr } = await run(args(embedded, server), environment(embedded));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'buildgate: project: invalid byte sequence for encoding "UTF8": 0x00 (COPY project, line 2)\nNothing was copied.\n',
    );
    expect(await content(server.config)).toEqual({ change_log_head: [expect.any(String)] });
  });
});

describe('A server that cannot be copied to or from is named', () => {
  it('when it does not answer', async () => {
    const nowhere = {
      ...server,
      config: { kind: 'postgresql', url: 'postgres://user:word@127.0.0.1:1/none' },
    } as const;
    for (const [from, to, side] of [
      [nowhere, back, 'source'],
      [back, nowhere, 'target'],
    ] as const) {
      const { code, stderr } = await run(args(from, to), environment(back));
      expect([code, stderr]).toEqual([
        1,
        `buildgate: The ${side}: connect ECONNREFUSED 127.0.0.1:1\nNothing was copied.\n`,
      ]);
    }
  });

  it('when it has no such database', async () => {
    const url = `${urlOf(server)}_not`;
    const { code, stderr } = await run(['copy', '--from', url, '--to', urlOf(back)], environment(back));
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^buildgate: The source: database "buildgate_\w+_not" does not exist\nNothing was copied\.\n$/,
    );
  });

  it('when it is the same one by another address', async () => {
    const { proxy, database } = await behindProxy(server);
    await expect(copy(server, database)).rejects.toThrow('The source and the target are the same database.');
    await proxy.close();
  });
});

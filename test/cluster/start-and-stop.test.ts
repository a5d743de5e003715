import { readdirSync } from 'node:fs';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Command, environment, GatewayProcess, run } from '../e2e/gateway-process.js';
import { emptyDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { proxied, type TcpProxy } from '../support/tcp-proxy.js';

const MIGRATIONS = readdirSync(new URL('../../migrations/postgresql/', import.meta.url))
  .map((file) => file.replace(/\.sql$/, ''))
  .toSorted();

function urlOf({ config }: TestDatabase): string {
  if (config.kind !== 'postgresql') throw new Error('This suite is for PostgreSQL.');
  return config.url;
}

describe('Processes that start together on an empty database', () => {
  let database: TestDatabase;
  let client: pg.Client;
  beforeEach(async () => {
    database = await emptyDatabase();
    client = new pg.Client({ connectionString: urlOf(database) });
    await client.connect();
  });
  afterEach(async () => {
    await client.end();
    await database.drop();
  });

  it('serve --migrate: one migrates, the others wait, and all serve', async () => {
    const gateways = await Promise.all([1, 2, 3].map(() => GatewayProcess.start(environment(database))));
    const { rows } = await client.query('SELECT name FROM mikro_orm_migrations ORDER BY name');
    expect(rows.map(({ name }) => name)).toEqual(MIGRATIONS);
    for (const { url } of gateways) expect((await fetch(`${url}/readyz`)).status).toBe(200);
    for (const exit of await Promise.all(gateways.map((gateway) => gateway.stop()))) expect(exit.code).toBe(0);
  });

  it('migrate: one says what it did, the others that there was nothing to do', async () => {
    const exits = await Promise.all([1, 2, 3].map(() => run(['migrate'], environment(database))));
    expect(exits.map(({ code, stderr }) => [code, stderr])).toEqual([1, 2, 3].map(() => [0, '']));
    expect(exits.map(({ stdout }) => stdout).toSorted()).toEqual(
      [`${MIGRATIONS.join('\n')}\n`, 'nothing to do\n', 'nothing to do\n'].toSorted(),
    );
  });

  it('a gateway that waits for another one to migrate ends when it is told to', async () => {
    await client.query('SELECT pg_advisory_lock(25191, 2)');
    const command = new Command(['serve', '--migrate'], environment(database));
    const waiting = async () =>
      (await client.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 25191 AND NOT granted"))
        .rowCount;
    await expect.poll(waiting).toBe(1);
    command.child.kill('SIGTERM');
    expect(await command.exited).toMatchObject({ code: 0, signal: null, stdout: '' });
  });
});

describe('A gateway whose database has gone silent', () => {
  let database: TestDatabase;
  let proxy: TcpProxy;
  let gateway: GatewayProcess;
  beforeEach(async () => {
    database = await testDatabase();
    const before = await proxied(urlOf(database), 5432);
    proxy = before.proxy;
    gateway = await GatewayProcess.start(
      environment(database, { DATABASE_URL: before.url, BUILDGATE_GRACE_SECONDS: '1' }),
    );
  });
  afterEach(async () => {
    await gateway.kill();
    await proxy.close();
    await database.drop();
  });

  it('ends after the grace period, also while a request waits for the database', async () => {
    proxy.stall();
    const request = gateway.graphql('{ events { totalCount } }').catch(() => 'cut');
    const { code, stderr } = await gateway.stop();
    expect([code, await request]).toEqual([0, 'cut']);
    expect(stderr).toContain('The database did not end in time.');
  });
});

import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore } from '../../src/app.js';
import { loadConfig } from '../../src/config.js';
import { raw } from '../../src/core/store/sql.js';
import { Random } from '../bench/random.js';
import { emptyDatabase, testDatabase, type TestDatabase } from '../support/database.js';
import { HttpClient } from '../support/http.js';
import { SECRET } from '../support/secrets.js';
import { Command, environment, GatewayProcess, run } from './gateway-process.js';
import { damages, Touches } from './killed-at.js';

const SETTINGS = { BUILDGATE_SECRET: SECRET };
const STEPS = 5;

let database: TestDatabase;
let touches: Touches;
afterEach(async () => {
  await touches.end();
  await database.drop();
});

/** Rows of a statement. */
async function rows<Row extends object>(statement: string): Promise<Row[]> {
  const store = await openStore(loadConfig(environment(database, SETTINGS)));
  return store.reader.all<Row>(raw(statement)).finally(() => store.close());
}

/** A command that is killed after so many touches of the database; whether it had said that it was done. */
async function killed(args: readonly string[], after: number): Promise<boolean> {
  const command = new Command(args, touches.environment);
  touches.after(after, () => command.child.kill('SIGKILL'));
  return (await command.exited).code === 0;
}

/**
 * Instants in a course of about so many touches: the first, which is long before the end, some between, and the last
 * ones. How many a file tells of differs from time to time, and the later ones may come too late.
 */
function instants(count: number): number[] {
  return [1, ...[0.2, 0.5, 0.8].map((part) => Math.ceil(count * part)), count - 1];
}

const step = (name: string) => ({ name, success: true, output: 'x'.repeat(2_000), command: 'make' });
const steps = Array.from({ length: STEPS }, (_, index) => step(`step ${index}`));

describe('an import that is killed', () => {
  let file: string;
  beforeEach(async () => {
    database = await testDatabase();
    touches = await Touches.of(database, SETTINGS);
    file = join(tmpdir(), `buildgate-${randomUUID()}.json`);
  });
  afterEach(() => rm(file));

  const document = (slug: string) => ({
    users: [],
    projects: [{ slug, name: slug, owner: '' }],
    builds: Array.from({ length: 200 }, (_, index) => ({
      project: slug,
      id: index + 1,
      success: true,
      started: 'Tue, 20 Oct 2009 10:20:00 -0500',
      finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
      tags: ['nightly'],
      client: { host: 'h', arch: 'a', user: '' },
      results: steps,
    })),
  });
  const stored = () =>
    rows<{ name: string; builds: number; steps: number }>(`SELECT name,
      (SELECT COUNT(*) FROM build WHERE project_id = project.id) AS builds,
      (SELECT COUNT(*) FROM job WHERE build_id IN (SELECT id FROM build WHERE project_id = project.id)) AS steps
      FROM project ORDER BY name`);
  const whole = (name: string) => ({ name, builds: 200, steps: 200 * STEPS });

  it('has stored all or nothing, and all when it said so', async () => {
    await writeFile(file, JSON.stringify(document('first')));
    expect((await run(['import', 'devmason', file], touches.environment)).code).toBe(0);
    const projects = ['first'];
    let cutShort = 0;
    for (const [index, instant] of instants(touches.count).entries()) {
      const project = `project-${index}`;
      await writeFile(file, JSON.stringify(document(project)));
      const isAcknowledged = await killed(['import', 'devmason', file], instant);
      expect(damages(database)).toEqual([]);
      const found = await stored();
      if (!isAcknowledged) cutShort += 1;
      if (isAcknowledged || found.length > projects.length) projects.push(project);
      expect(found).toEqual(projects.map(whole));
      const [counts] = await rows<{ total: number }>('SELECT SUM(total) AS total FROM state_count');
      expect(counts?.total).toBe(projects.length * 200 * (1 + STEPS));
    }
    expect(cutShort).toBeGreaterThan(0);
  });
});

describe('a gateway that is killed while builds are reported to it', () => {
  it('has every acknowledged build, and each one whole', async () => {
    database = await testDatabase();
    touches = await Touches.of(database, SETTINGS);
    const random = new Random(5);
    const acknowledged: string[] = [];
    let unanswered = 0;
    for (let round = 0; round < 3; round++) {
      const gateway = await GatewayProcess.start(touches.environment);
      const http = new HttpClient(gateway.url);
      const headers = { 'Content-Type': 'application/json' };
      await http.send('PUT', '/devmason/lamp', { body: { name: 'Lamp' }, headers });
      touches.after(20 + random.below(200), () => gateway.signal('SIGKILL'));
      const body = { success: true, client: { host: 'h', arch: 'a' }, results: steps };
      const reporters = Array.from({ length: 6 }, async () => {
        for (;;) {
          unanswered += 1;
          const reply = await http.post('/devmason/lamp/builds', { body, headers });
          unanswered -= 1;
          expect(reply.status).toBe(201);
          acknowledged.push(`lamp/${/\/builds\/([^/]+)$/.exec(reply.headers.location!)![1]!}`);
        }
      });
      const ends = await Promise.allSettled(reporters);
      for (const end of ends) expect((end as PromiseRejectedResult).reason.message).toMatch(/socket hang up|ECONN/);
      await gateway.exited;
      expect(damages(database)).toEqual([]);
    }
    const builds = await rows<{ id: string; steps: number }>(
      'SELECT legacy_id AS id, (SELECT COUNT(*) FROM job WHERE build_id = build.id) AS steps FROM build',
    );
    expect(acknowledged.length).toBeGreaterThan(0);
    expect(builds.map(({ id }) => id)).toEqual(expect.arrayContaining(acknowledged));
    expect(builds.length).toBeLessThanOrEqual(acknowledged.length + unanswered);
    expect(new Set(builds.map((build) => build.steps))).toEqual(new Set([STEPS]));
  });
});

describe('a migration that is killed', () => {
  const TABLES = {
    sqlite: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    postgresql: "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
  };
  /** How many there are besides what the migrations are noted in. */
  const tables = async () => {
    const found = await rows<{ name: string }>(TABLES[database.config.kind]);
    return found.filter(({ name }) => !name.startsWith('mikro_orm_')).length;
  };

  it('has made all tables or none, and is made up for by the next', async () => {
    database = await emptyDatabase();
    touches = await Touches.of(database, SETTINGS);
    expect((await run(['migrate'], touches.environment)).code).toBe(0);
    const all = await tables();
    let cutShort = 0;
    for (const instant of instants(touches.count)) {
      await touches.end();
      await database.drop();
      database = await emptyDatabase();
      touches = await Touches.of(database, SETTINGS);
      const isAcknowledged = await killed(['migrate'], instant);
      expect(damages(database)).toEqual([]);
      if (!isAcknowledged) cutShort += 1;
      expect(isAcknowledged ? [all] : [0, all]).toContain(await tables());
      expect((await run(['migrate'], touches.environment)).code).toBe(0);
      expect(await tables()).toBe(all);
    }
    expect(cutShort).toBeGreaterThan(0);
  });
});

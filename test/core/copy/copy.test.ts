import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SEEDED } from '../../../src/core/copy/run.js';
import { emptyDatabase, testDatabase, type TestDatabase } from '../../support/database.js';
import { content, copy, execute, fill } from './copied.js';

let source: TestDatabase;
let target: TestDatabase;
beforeEach(async () => {
  [source, target] = await Promise.all([testDatabase(), testDatabase()]);
});
afterEach(async () => {
  await Promise.all([source.drop(), target.drop()]);
});

/** Applies a statement to both, as a migration of a later version does. */
async function onBoth(statement: string): Promise<void> {
  for (const { config } of [source, target]) await execute(config, statement);
}

describe('A copy', () => {
  it('has the same rows in every table, and the source is as it was', async () => {
    await fill(source.config);
    const before = await content(source.config);
    const told: string[] = [];
    let last: unknown;
    const result = await copy(source, target, {
      onRows: (...progress) => (last = progress),
      onTable: (table, rows) => told.push(`${table} ${rows}`),
    });
    expect(await content(target.config)).toEqual(before);
    expect(await content(source.config)).toEqual(before);
    const counts = Object.entries(before).map(([table, rows]) => `${table} ${rows.length}`);
    expect(told.toSorted()).toEqual(counts.toSorted());
    const total = Object.values(before).reduce((sum, rows) => sum + rows.length, 0);
    expect(result).toEqual({ rows: total, tables: counts.length });
    expect(last).toEqual([expect.any(String), total, total]);
  });

  it('of a database without records is one without records', async () => {
    expect(await copy(source, target)).toEqual({ rows: 1, tables: 1 });
  });

  it('has tables and columns that a later version added, whatever they are called', async () => {
    await onBoth('CREATE TABLE "of later" ("the key" integer PRIMARY KEY, "say ""when""" text)');
    await execute(source.config, `INSERT INTO "of later" VALUES (7, 'now'), (8, NULL)`);
    await copy(source, target);
    expect((await content(target.config))['of later']).toEqual([
      '{"say \\"when\\"":"now","the key":7}',
      '{"say \\"when\\"":null,"the key":8}',
    ]);
  });
});

describe('Tables that a migration fills', () => {
  it('are known: they do not make a target one that is not empty', async () => {
    expect(Object.keys(await content(target.config))).toEqual(SEEDED);
  });
});

describe('A copy is refused, and nothing is stored,', () => {
  /** The refusal, after a look that the target is as it was. */
  async function refused(from: TestDatabase, to: TestDatabase): Promise<unknown> {
    const before = await content(target.config);
    const error: unknown = await copy(from, to).then(
      () => new Error('nothing was refused'),
      (reason: unknown) => reason,
    );
    expect(await content(target.config)).toEqual(before);
    return error;
  }

  it('when the target has records', async () => {
    await fill(source.config);
    await execute(target.config, `INSERT INTO project (id, system, legacy_id, name) VALUES (17, 1, 'a', 'a')`);
    expect(await refused(source, target)).toMatchObject({
      code: 'CONFLICT',
      message: 'The target is not empty: project has rows. Copy to a database that was migrated and has not been used.',
    });
  });

  it('when the target is the source', async () => {
    expect(await refused(target, target)).toMatchObject({
      code: 'INVALID',
      message: 'The source and the target are the same database.',
    });
  });

  it.each(['source', 'target'])('when the %s has never been migrated', async (side) => {
    const bare = await emptyDatabase();
    await execute(bare.config, 'CREATE TABLE something (id integer)');
    expect(await (side === 'source' ? refused(bare, target) : refused(source, bare))).toMatchObject({
      code: 'CONFLICT',
      message: `The ${side}: it has never been migrated. Run \`buildgate migrate\` on it first.`,
    });
    await bare.drop();
  });

  it.each(['source', 'target'])('when the %s lacks a migration', async (side) => {
    const { config } = side === 'source' ? source : target;
    await execute(config, `DELETE FROM mikro_orm_migrations WHERE name = '0007_log_retention'`);
    expect(await refused(source, target)).toMatchObject({
      code: 'CONFLICT',
      message: `The ${side}: it lacks migrations: 0007_log_retention. Run \`buildgate migrate\` on it first.`,
    });
  });

  it.each(['source', 'target'])('when the %s is of a newer version', async (side) => {
    const { config } = side === 'source' ? source : target;
    await execute(config, `INSERT INTO mikro_orm_migrations (name) VALUES ('0100_later')`);
    expect(await refused(source, target)).toMatchObject({
      code: 'CONFLICT',
      message: `The ${side}: it was migrated by a newer version (0100_later). Copy with that one.`,
    });
  });

  it.each([
    ['source', 'extra, extra.id'],
    ['target', 'extra, extra.id'],
  ])('when only the %s has a table', async (side, names) => {
    await execute((side === 'source' ? source : target).config, 'CREATE TABLE extra (id integer PRIMARY KEY)');
    expect(await refused(source, target)).toMatchObject({
      code: 'CONFLICT',
      message: `Only the ${side} has ${names}.`,
    });
  });

  it('when a row cannot be stored, which names the table', async () => {
    await fill(source.config);
    await execute(target.config, 'CREATE UNIQUE INDEX one_event ON event ((1))');
    const message = expect.stringMatching(/^event: .*(UNIQUE|unique) constraint/) as string;
    expect(await refused(source, target)).toMatchObject({ message });
  });

  it('when a row refers to one that is not there', async () => {
    await onBoth('CREATE TABLE parent (id integer PRIMARY KEY)');
    await execute(source.config, 'CREATE TABLE child (id integer PRIMARY KEY, parent_id integer)');
    await execute(
      target.config,
      'CREATE TABLE child (id integer PRIMARY KEY, parent_id integer REFERENCES parent (id) DEFERRABLE)',
    );
    await execute(source.config, 'INSERT INTO child VALUES (1, 2)');
    const message = expect.stringMatching(/foreign key/i) as string;
    expect(await refused(source, target)).toMatchObject({ message });
  });
});

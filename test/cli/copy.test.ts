import { PassThrough } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { existsSync } from 'node:fs';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerCopy } from '../../src/cli/copy.js';
import { ConfigError } from '../../src/config.js';
import { content, execute, fill } from '../core/copy/copied.js';
import { testDatabase, type TestDatabase } from '../support/database.js';

let source: TestDatabase;
let target: TestDatabase;
beforeEach(async () => {
  [source, target] = await Promise.all([testDatabase(), testDatabase()]);
});
afterEach(async () => {
  await Promise.all([source.drop(), target.drop()]);
});

function urlOf({ config }: TestDatabase): string {
  return config.kind === 'sqlite' ? `sqlite:${config.path}` : config.url;
}

/** Runs the command line; `code` is null when it was refused as wrong usage, whose text is `err` then. */
async function run(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let code: number | null = null;
  const program = new Command('buildgate').exitOverride().configureOutput({ writeErr: () => undefined });
  registerCopy(program, { stdout, stderr, exit: (value) => (code = value) });
  let usage = '';
  try {
    await program.parseAsync(['copy', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError || error instanceof ConfigError)) throw error;
    usage = error.message;
  }
  stdout.end();
  stderr.end();
  return { code, out: await readAll(stdout), err: usage + (await readAll(stderr)) };
}

describe('buildgate copy', () => {
  it('copies, tells of each table and of the key, and sums up', async () => {
    await fill(source.config);
    const { code, out, err } = await run('--from', urlOf(source), '--to', urlOf(target));
    expect(code).toBe(0);
    expect(out).toMatch(/^copied \d{3} rows of \d\d tables in \d\.\d s\n$/);
    const lines = err.trimEnd().split('\n');
    expect(lines.pop()).toBe('Tokens that old APIs show again stay encrypted: the target needs the key of the source.');
    for (const line of lines) expect(line).toMatch(/^[a-z_]+: \d+ rows?, [\d,]+ rows\/s$/);
    const copied = await content(target.config);
    expect(lines).toContainEqual(expect.stringMatching(`^build: ${copied['build']?.length} rows, `));
    expect(copied).toEqual(await content(source.config));
  });

  it('sums up as JSON', async () => {
    await fill(source.config);
    const { code, out } = await run('--from', urlOf(source), '--to', urlOf(target), '--json');
    const rows = Object.values(await content(target.config)).flat().length;
    expect([code, JSON.parse(out)]).toEqual([
      0,
      { rows, tables: expect.any(Number) as number, ms: expect.any(Number) as number },
    ]);
  });

  it('ends with 1 and what is wrong when the target has records', async () => {
    await execute(target.config, `INSERT INTO access_role (name) VALUES ('agent')`);
    expect(await run('--from', urlOf(source), '--to', urlOf(target))).toEqual({
      code: 1,
      out: '',
      err: 'buildgate: The target is not empty: access_role has rows. Copy to a database that was migrated and has not been used.\nNothing was copied.\n',
    });
  });

  it.each(['source', 'target'])('ends with 1 when the file of the %s is missing, and makes none', async (side) => {
    const none = 'sqlite:/nowhere/none.db';
    const urls = side === 'source' ? [none, urlOf(target)] : [urlOf(source), none];
    expect(await run('--from', urls[0] as string, '--to', urls[1] as string)).toEqual({
      code: 1,
      out: '',
      err: `buildgate: The ${side}: there is no file /nowhere/none.db.\nNothing was copied.\n`,
    });
    expect(existsSync('/nowhere')).toBe(false);
  });

  it('ends with 1 when a file is no database', async () => {
    const { code, err } = await run('--from', `sqlite:${import.meta.filename}`, '--to', urlOf(target));
    expect([code, err]).toEqual([1, 'buildgate: The source: file is not a database\nNothing was copied.\n']);
  });

  it.each([
    [[], "required option '--from <url>' not specified"],
    [['--from', 'sqlite:a.db'], "required option '--to <url>' not specified"],
    [['--from', 'sqlite:a.db', '--to', 'sqlite:b.db', 'c'], 'too many arguments'],
    [['--from', 'sqlite:a.db', '--to', 'mysql://me:secret-word@db/b'], '--to: the value is refused (the scheme is'],
    [['--from', 'sqlite:', '--to', 'sqlite:b.db'], '--from: the value is refused (the path is missing)'],
  ])('refuses the usage %j, without a password', async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBeNull();
    expect(err).toContain(message);
    expect(err).not.toContain('secret-word');
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { DatabaseSync } from 'node:sqlite';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerImport } from '../../src/cli/import.js';
import type { DatabaseConfig } from '../../src/core/store/store.js';
import { FRESHMAKER_IMPORT } from '../../src/systems/freshmaker/import/index.js';
import { emptyDatabase, type TestDatabase } from '../support/database.js';
import { event, EXAMPLE, importDatabase, type ImportDatabase } from '../systems/freshmaker/import-support.js';
import { SECRETS } from '../support/secrets.js';

let database: ImportDatabase;
let folder: string;
beforeEach(async () => {
  database = await importDatabase();
  folder = mkdtempSync(join(tmpdir(), 'buildgate-cli-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line; `code` is null when commander refused it. */
async function run(args: string[], stdin = '', config: DatabaseConfig = database.config): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  let code: number | null = null;
  const program = new Command('buildgate').exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
  });
  registerImport(program, {
    imports: new Map([['freshmaker', FRESHMAKER_IMPORT]]),
    target: () => ({ database: config, secrets: SECRETS }),
    stdin: Readable.from([Buffer.from(stdin)]),
    stdout,
    stderr,
    exit: (value) => (code = value),
  });
  try {
    await program.parseAsync(['import', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  stdout.end();
  stderr.end();
  return { code, out: await readAll(stdout), err: await readAll(stderr) };
}

function file(content: string): string {
  const path = join(folder, 'dump.json');
  writeFileSync(path, content);
  return path;
}

const SUMMARY =
  /^imported 2 events \(2 new, 0 replaced, 0 unchanged\), 2 builds \(2 new, 0 replaced, 0 unchanged\), 1 role \(1 new, 0 replaced, 0 unchanged\), 1 repository \(1 new, 0 replaced, 0 unchanged\), 1 image \(1 new, 0 replaced, 0 unchanged\) in \d+\.\d s\n$/;

describe('buildgate import', () => {
  it('imports a file and says what it took', async () => {
    const outcome = await run(['freshmaker', file(JSON.stringify(EXAMPLE))]);
    expect(outcome).toEqual({ code: 0, out: expect.stringMatching(SUMMARY) as string, err: '' });
    expect((await database.content()).event).toHaveLength(2);
  });

  it('says what it took as JSON', async () => {
    const { code, out, err } = await run(['freshmaker', file(JSON.stringify(EXAMPLE)), '--json']);
    expect([code, err]).toEqual([0, '']);
    const row = { created: 1, replaced: 0, unchanged: 0 };
    const imported = [
      { name: 'events', ...row, created: 2 },
      { name: 'builds', ...row, created: 2 },
      { name: 'roles', ...row },
      { name: 'repositories', ...row },
      { name: 'images', ...row },
    ];
    expect(JSON.parse(out)).toEqual({ imported, ms: expect.any(Number) as number });
  });

  it('imports standard input', async () => {
    expect(await run(['freshmaker', '-'], JSON.stringify(EXAMPLE))).toMatchObject({ code: 0, err: '' });
    expect((await database.content()).build).toHaveLength(2);
  });

  it('ends with 1 and the row when the data is refused, and stores nothing', async () => {
    const before = await database.content();
    const path = file(JSON.stringify({ events: [event(1), event(2, { state: 9 })] }));
    expect(await run(['freshmaker', path])).toEqual({
      code: 1,
      out: '',
      err: `buildgate: ${path}: events[1] (id 2): state: there is no event state 9.\nNothing was imported.\n`,
    });
    expect(await database.content()).toEqual(before);
  });

  it('ends with 1 when there is no such file', async () => {
    const { code, err } = await run(['freshmaker', join(folder, 'none.json')]);
    expect(code).toBe(1);
    expect(err).toContain('none.json: cannot be read: ENOENT');
  });

  it('ends with 1 when standard input is empty', async () => {
    const { code, err } = await run(['freshmaker', '-']);
    expect([code, err]).toEqual([
      1,
      'buildgate: -: byte 0: the text ends where a JSON object should be.\nNothing was imported.\n',
    ]);
  });

  it('shows no control characters of the data', async () => {
    const { err } = await run(['freshmaker', '-'], '{"events": [], "permissions": [{"role": "\\u001b[2J\\u009b"}]}');
    expect(err).toBe(
      'buildgate: -: permissions[0]: role: there is no role "\\u001b[2J\\u009b".\nNothing was imported.\n',
    );
  });

  it.each([
    [['freshmaker'], "missing required argument 'source'"],
    [['rodanmaker', 'file'], "command-argument value 'rodanmaker' is invalid for argument 'system'"],
    [['freshmaker', 'a', 'b'], 'too many arguments'],
    [['freshmaker', '--force', 'a'], "unknown option '--force'"],
  ])('refuses the usage %j', async (args, message) => {
    const { code, err } = await run(args);
    expect(code).toBeNull();
    expect(err).toContain(message);
  });

  it('explains itself with examples', async () => {
    const { out } = await run(['--help']);
    expect(out).toContain('buildgate import freshmaker dump.json');
    expect(out).toContain('import freshmaker -\n');
    expect(out).toContain('buildgate import freshmaker https://freshmaker.example.com');
  });
});

describe('a database without tables', () => {
  let empty: TestDatabase;
  beforeEach(async () => {
    empty = await emptyDatabase();
  });
  afterEach(() => empty.drop());

  it('is migrated when it is embedded, and refused when it is not', async () => {
    const { code, err } = await run(['freshmaker', '-'], JSON.stringify(EXAMPLE), empty.config);
    const refused =
      'buildgate: -: The database lacks migrations. Run `buildgate migrate` first.\nNothing was imported.\n';
    expect([code, err]).toEqual(empty.config.kind === 'sqlite' ? [0, ''] : [1, refused]);
  });
});

it('an embedded database that others read stays readable while it is written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'buildgate-'));
  const config = { kind: 'sqlite', path: join(folder, 'shared.db') } as const;
  await run(['freshmaker', '-'], '{"events": []}', config);
  const server = new DatabaseSync(config.path);
  server.exec('BEGIN; SELECT * FROM event');
  expect(await run(['freshmaker', '-'], JSON.stringify(EXAMPLE), config)).toMatchObject({ code: 0, err: '' });
  server.exec('COMMIT');
  expect(server.prepare('SELECT count(*) AS total FROM event').get()).toEqual({ total: 2 });
  server.close();
  rmSync(folder, { recursive: true });
});

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { text as readAll } from 'node:stream/consumers';
import { Command, CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { registerExport, type ExportCommandOptions } from '../../src/cli/export.js';
import { FRESHMAKER_EXPORT } from '../../src/systems/freshmaker/export/index.js';
import { KERNELCI_EXPORT } from '../../src/systems/kernelci/export/index.js';
import { SecretBox } from '../../src/core/auth/secrets.js';
import { importInto } from '../support/import-database.js';
import { KERNELCI_IMPORT } from '../../src/systems/kernelci/import/index.js';
import { SECRETS } from '../support/secrets.js';
import { EXAMPLE, importDatabase, type ImportDatabase } from '../systems/freshmaker/import-support.js';
import { token } from '../systems/kernelci/import-support.js';

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
async function run(args: string[], options: Partial<ExportCommandOptions> = {}): Promise<Outcome> {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [out, err] = [readAll(stdout), readAll(stderr)];
  let code: number | null = null;
  const program = new Command('buildgate').exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
  });
  registerExport(program, {
    exports: new Map([
      ['freshmaker', FRESHMAKER_EXPORT],
      ['kernelci', KERNELCI_EXPORT],
    ]),
    target: () => ({ database: database.config, secrets: SECRETS }),
    stdout,
    stderr,
    interrupted: () => new Promise(() => undefined),
    exit: (value) => (code = value),
    ...options,
  });
  try {
    await program.parseAsync(['export', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
  }
  stdout.end();
  stderr.end();
  return { code, out: await out, err: await err };
}

const SUMMARY = /^exported 2 events, 2 builds, 1 role, 1 repository, 1 image in \d+\.\d s\n$/;
const path = (name = 'out.json'): string => join(folder, name);

describe('buildgate export', () => {
  it('writes to standard output, and says on standard error what it wrote', async () => {
    await database.take(EXAMPLE);
    const { code, out, err } = await run(['freshmaker']);
    expect([code, err]).toEqual([0, expect.stringMatching(SUMMARY)]);
    expect(JSON.parse(out)).toMatchObject({ events: [{ id: 201 }, { id: 214 }], builds: [{ id: 900 }, { id: 901 }] });
    expect((await run(['freshmaker', '--output', '-'])).out).toBe(out);
  });

  it('has an element on each line', async () => {
    await database.take(EXAMPLE);
    const lines = (await run(['freshmaker'])).out.split('\n');
    expect(lines.filter((line) => line.startsWith('{"id":'))).toHaveLength(4);
    expect(lines.at(0)).toBe('{"events": [');
    expect(lines.slice(-2)).toEqual([']}', '']);
  });

  it('writes a file that is for its owner alone, and says on standard output what it wrote', async () => {
    await database.take(EXAMPLE);
    const { out: text } = await run(['freshmaker']);
    expect(await run(['freshmaker', '--output', path()])).toEqual({
      code: 0,
      out: expect.stringMatching(SUMMARY) as string,
      err: '',
    });
    expect(readFileSync(path(), 'utf8')).toBe(text);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['out.json']);
  });

  it('says what it wrote as JSON, where it says it in words otherwise', async () => {
    await database.take(EXAMPLE);
    const { code, out, err } = await run(['freshmaker', '--output', path(), '--json']);
    expect([code, err]).toEqual([0, '']);
    const exported = { events: 2, builds: 2, roles: 1, repositories: 1, images: 1 };
    expect(JSON.parse(out)).toEqual({
      exported: Object.entries(exported).map(([name, total]) => ({ name, total })),
      remarks: [],
      ms: expect.any(Number) as number,
    });
    const piped = await run(['freshmaker', '--json']);
    expect(piped.out).toBe(readFileSync(path(), 'utf8'));
    expect(JSON.parse(piped.err)).toMatchObject({ remarks: [] });
  });

  it('replaces a file, also where a link leads to it', async () => {
    writeFileSync(path('old.json'), 'old');
    symlinkSync('old.json', path());
    expect((await run(['freshmaker', '--output', path()])).code).toBe(0);
    expect(readFileSync(path('old.json'), 'utf8')).toContain('"events": []');
    expect(readdirSync(folder)).toEqual(['old.json', 'out.json']);
  });

  it('writes what import takes when there is no data', async () => {
    const { out, err } = await run(['freshmaker']);
    expect(err).toMatch(/^exported 0 events in/);
    await database.take(out);
  });

  it('ends with 1 when the file cannot be written, and leaves nothing behind', async () => {
    const { code, out, err } = await run(['freshmaker', '--output', path('none/out.json')]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^buildgate: .*none\/out\.json: ENOENT: .*\nNothing was exported\.\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends with 1 when nobody takes standard output any more', async () => {
    await database.take(EXAMPLE);
    const stdout = new Writable({ write: (_chunk, _encoding, done) => done(new Error('write EPIPE')) });
    const { code, err } = await run(['freshmaker'], { stdout });
    expect([code, err]).toEqual([1, 'buildgate: freshmaker: write EPIPE\nWhat was written is not complete.\n']);
  });

  it('leaves a file as it was when it is interrupted', async () => {
    await database.take(EXAMPLE);
    writeFileSync(path(), 'old');
    const outcome = await run(['freshmaker', '--output', path()], { interrupted: () => Promise.resolve() });
    expect(outcome).toEqual({
      code: 1,
      out: '',
      err: `buildgate: ${path()}: stopped before all was written.\nNothing was exported.\n`,
    });
    expect(readdirSync(folder)).toEqual(['out.json']);
    expect(readFileSync(path(), 'utf8')).toBe('old');
  });

  it('says in a line what it left out', async () => {
    await importInto(database.config, KERNELCI_IMPORT, { token: [token(1)] });
    const secrets = SecretBox.open({ secret: 'y'.repeat(32), file: null });
    const { code, err } = await run(['kernelci'], { target: () => ({ database: database.config, secrets }) });
    expect(code).toBe(0);
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^buildgate: tokens that are left out, because .*: 1 \([0-9a-f]{24}\)$/),
      expect.stringMatching(/^exported 0 tokens in/),
      '',
    ]);
  });

  it.each([
    [[], "missing required argument 'system'"],
    [['rodanmaker'], "command-argument value 'rodanmaker' is invalid for argument 'system'"],
    [['freshmaker', 'a'], 'too many arguments'],
    [['freshmaker', '--output'], "option '--output <file>' argument missing"],
    [['freshmaker', '--force'], "unknown option '--force'"],
  ])('refuses the usage %j', async (args, message) => {
    const { code, err } = await run(args);
    expect(code).toBeNull();
    expect(err).toContain(message);
  });

  it('explains itself with examples', async () => {
    const { out } = await run(['--help']);
    expect(out).toContain('buildgate export freshmaker --output freshmaker.json');
    expect(out).toContain('buildgate export kernelci | gzip > kernelci.json.gz');
  });
});

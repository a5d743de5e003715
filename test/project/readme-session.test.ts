import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The commands of the README that belong together, typed one after the other: start, import, subscribe, cancel. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCUMENTED = '127.0.0.1:4000';
const run = promisify(execFile);
const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'buildgate-readme-'));
const env = { ...process.env, DATABASE_URL: `sqlite:${join(folder, 'readme.db')}`, PORT: '0', LOG_LEVEL: 'silent' };
const children: ChildProcess[] = [];
let address = '';

/** The block of the README that holds a text, with the address of this run. */
function block(text: string): string {
  const found = [...readme.matchAll(/```sh\n([^`]+)```/g)]
    .map(([, command]) => command ?? '')
    .find((one) => one.includes(text));
  if (!found) throw new Error(`The README has no block with ${text}.`);
  return found.replaceAll(DOCUMENTED, address);
}

/** Lines that a command prints, one at a time. */
function start(command: string): AsyncIterator<string> {
  // A group of its own: npx starts further processes, which end with it.
  const child = spawn('bash', ['-c', command], {
    cwd: ROOT,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return createInterface({ input: child.stdout })[Symbol.asyncIterator]();
}

beforeAll(async () => {
  // What `npm start` runs; `npm ci && npm test` built it.
  const { value } = await start('node dist/main.js serve').next();
  address = /http:\/\/(\S+)/.exec(String(value))?.[1] ?? '';
});

afterAll(() => {
  for (const { pid } of children) if (pid) process.kill(-pid, 'SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

it('builds a program that `npx buildgate` may execute, also where another one was before', () => {
  expect(statSync(join(ROOT, 'dist/main.js')).mode & 0o111).toBe(0o111);
});

it('starts as `npm start` does', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  expect(readme).toContain('```sh\nnpm ci && npm start\n```');
  expect(scripts['start']).toContain('node dist/main.js serve');
  expect(address).toMatch(/^127\.0\.0\.1:\d+$/);
});

it('imports the samples, and the subscription prints what the cancellation changes', async () => {
  const imported = await run('bash', ['-c', block('npx buildgate import')], { cwd: ROOT, env });
  expect(imported.stdout).toContain('imported 2 events (2 new');
  expect(imported.stdout).toContain('imported 1 branch (1 new');

  const changes = start(block('createClient').trim());
  const cancelled = await run('bash', ['-c', block('"action": "cancel"')], { cwd: ROOT, env });
  expect(JSON.parse(cancelled.stdout)).toMatchObject({ id: 214, state_name: 'CANCELED' });
  const seen = [JSON.parse(String((await changes.next()).value)), JSON.parse(String((await changes.next()).value))];
  expect(seen).toEqual([
    { at: expect.any(String), kind: 'EVENT', from: 'QUEUED', to: 'CANCELED', event: { legacyId: '214' }, build: null },
    { at: expect.any(String), kind: 'BUILD', from: 'PLANNED', to: 'CANCELED', event: null, build: { legacyId: '901' } },
  ]);
});

it('shows the operation and the statements behind a REST URL', async () => {
  const { stdout } = await run('bash', ['-c', block('buildgate explain')], { cwd: ROOT, env });
  expect(stdout).toMatch(/^GET \/freshmaker\/api\/\{version\}\/events\/\n200 OK: 1 operation, \d statements,/);
  expect(stdout).toContain('query FreshmakerEventsMin(');
});

it('serves a demo that says where it is and how to sign in', async () => {
  const lines = start(`${block('buildgate demo').trim()} --port 0`);
  expect(await lines.next()).toMatchObject({ value: expect.stringContaining('buildgate demo is running') as string });
  await lines.next();
  const [dashboard, token] = [String((await lines.next()).value), String((await lines.next()).value)];
  const url = /Dashboard +(http:\S+)$/.exec(dashboard)?.[1] ?? '';
  const answer = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token.trim().split(/ +/).at(-1)}` },
    body: JSON.stringify({ query: '{ viewer { name } }' }),
  });
  expect(await answer.json()).toMatchObject({ data: { viewer: { name: 'demo' } } });
});

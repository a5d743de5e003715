import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Subscriber } from '../support/subscriber.js';
import { Command, run, type Exit } from './gateway-process.js';

const SYSTEM_NAMES = ['BUILDAPI', 'DEVMASON', 'FRESHMAKER', 'KERNELCI', 'RODAN'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'buildgate-demo-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The demo makes its temporary files in the folder. */
function environment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '', TMPDIR: folder };
}

/** A demo that runs as a process. */
class RunningDemo {
  private constructor(
    readonly url: string,
    readonly token: string,
    private readonly command: Command,
  ) {}

  static async start(...options: string[]): Promise<RunningDemo> {
    const command = new Command(['demo', '--port', '0', ...options], environment());
    const shown = command.shown('stdout', /Dashboard +(\S+)\/\n +Sign in +(\S+)\n[^]*Ctrl-C stops it\.\n/);
    shown.catch(() => command.child.kill('SIGKILL'));
    const [, url = '', token = ''] = await shown;
    return new RunningDemo(url, token, command);
  }

  async ask(query: string): Promise<any> {
    const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${this.token}` };
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return ((await response.json()) as { data: unknown }).data;
  }

  async stop(): Promise<Exit> {
    this.command.child.kill('SIGINT');
    return this.command.exited;
  }
}

describe('buildgate demo', () => {
  it('serves records of all systems that move, and leaves nothing behind', async () => {
    const demo = await RunningDemo.start('--speed', '20');
    const changes = new Subscriber(demo.url, 'subscription { stateChanged { system } }');
    const moved = new Set<string>();
    for (let count = 1; moved.size < SYSTEM_NAMES.length; count++) {
      const result = (await changes.take(count)).at(-1)!;
      moved.add((result.data as { stateChanged: { system: string } }).stateChanged.system);
    }
    await changes.close();
    expect([...moved].toSorted()).toEqual(SYSTEM_NAMES);
    expect((await fetch(`${demo.url}/`)).headers.get('content-type')).toMatch(/^text\/html/);
    expect(await demo.ask('{ viewer { name admin } }')).toEqual({ viewer: { name: 'demo', admin: true } });
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^buildgate-demo-/)]);
    expect(await demo.stop()).toMatchObject({ code: 0, stderr: '' });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('goes on with a file that was kept, where every token is still good', async () => {
    const file = join(folder, 'kept.db');
    const [first, builds] = ['--keep', file, '{ builds(last: 3) { nodes { legacyId name } } }'].slice(1);
    const earlier = await RunningDemo.start('--keep', first!);
    const { builds: before } = await earlier.ask(builds!);
    await earlier.stop();
    expect(readdirSync(folder).toSorted()).toEqual(['kept.db', 'kept.db.secret']);
    const later = await RunningDemo.start('--keep', file);
    expect((await later.ask(builds!)).builds).toEqual(before);
    const headers = { Authorization: `Bearer ${earlier.token}`, 'Content-Type': 'application/json' };
    const body = JSON.stringify({ query: '{ viewer { name } }' });
    const answer = await fetch(`${later.url}/graphql`, { method: 'POST', headers, body });
    expect(await answer.json()).toMatchObject({ data: { viewer: { name: 'demo' } } });
    await later.stop();
    expect(existsSync(file)).toBe(true);
  });

  it('refuses a database that is not of a demo', async () => {
    const file = join(folder, 'real.db');
    const settings = { ...environment(), DATABASE_URL: `sqlite:${file}` };
    expect(await run(['migrate'], settings)).toMatchObject({ code: 0 });
    const before = readFileSync(file);
    const { code, stdout, stderr } = await run(['demo', '--port', '0', '--keep', file], environment());
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toBe(`buildgate: ${file} is no database of a demo: it would be changed by simulated agents.\n`);
    expect(readFileSync(file)).toEqual(before);
  });

  it('refuses a file that is no database, in one line', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'milk, eggs\n');
    const { code, stdout, stderr } = await run(['demo', '--port', '0', '--keep', file], environment());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^buildgate: .*not a database.*\n$/);
    expect(readFileSync(file, 'utf8')).toBe('milk, eggs\n');
  });

  it('says so when the port is taken, and leaves nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const { code, stdout, stderr } = await run(['demo', '--port', String(port)], environment());
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(new RegExp(`^buildgate: .*127\\.0\\.0\\.1:${port}.*\\n$`));
      expect(readdirSync(folder)).toEqual([]);
    } finally {
      other.close();
    }
  });

  it.each([
    [['--port', 'http']],
    [['--port', '65536']],
    [['--speed', '0']],
    [['--speed', '21']],
    [['--seed', '-1']],
    [['extra']],
  ])('refuses %j', async (options) => {
    const { code, stdout, stderr } = await run(['demo', ...options], environment());
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: /);
  });
});

import { createServer } from 'node:net';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../support/database.js';
import { environment, GatewayProcess, run, type Exit } from './gateway-process.js';

let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

function command(...args: string[]): Promise<Exit> {
  return run(args, environment(database));
}

describe('exit code 0', () => {
  it.each([[['--help']], [['serve', '--help']], [['help', 'token']], [['--version']]])('for %j', async (args) => {
    const { code, stdout, stderr } = await command(...args);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).not.toBe('');
  });

  it('for a migration that has nothing to do', async () => {
    expect(await command('migrate')).toMatchObject({ code: 0, stdout: 'nothing to do\n', stderr: '' });
  });

  it('for the explanation of a REST URL', async () => {
    const { code, stdout, stderr } = await command('explain', '/kernelci/version', '--json');
    expect([code, stderr, JSON.parse(stdout)]).toEqual([
      0,
      '',
      { route: '/kernelci/version', status: 200, ms: expect.any(Number), operations: [] },
    ]);
  });

  it('for the state of migrations, in words and as JSON', async () => {
    const { code, stdout } = await command('migrate', '--status', '--json');
    const { applied, pending } = JSON.parse(stdout) as { applied: string[]; pending: string[] };
    expect([code, pending, applied[0]]).toEqual([0, [], '0001_core']);
    const words = applied.map((name) => `applied  ${name}\n`).join('');
    expect(await command('migrate', '--status')).toMatchObject({ code: 0, stdout: words, stderr: '' });
    expect(await command('migrate', '--json')).toMatchObject({ code: 0, stdout: '{"applied":[]}\n', stderr: '' });
  });

  it('for the schema, which is the one in the repository', async () => {
    const text = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    expect(await command('schema', 'print')).toMatchObject({ code: 0, stdout: text, stderr: '' });
  });
});

describe('exit code 2', () => {
  it.each([
    [[]],
    [['sreve']],
    [['serve', '--port', '1']],
    [['serve', 'extra']],
    [['token']],
    [['token', 'create']],
    [['token', 'create', '']],
    [['token', 'create', 'jdoe', '--role', 'Not A Role']],
    [['schema', 'openapi']],
    [['explain']],
    [['explain', '/none']],
    [['explain', 'POST', '/freshmaker/api/2/builds/']],
    [['explain', '/kernelci/version', '--header', 'none']],
    [['schema', 'openapi', 'jenkins']],
    [['copy', '--from', 'sqlite:a.db']],
    [['copy', '--from', 'sqlite:a.db', '--to', 'mysql://db/b']],
    [['agent']],
    [['agent', '--gateway', 'ftp://gateway.example.org']],
    [['agent', '--token', 'a b']],
  ])('for the wrong usage %j, with nothing on stdout', async (args) => {
    const { code, stdout, stderr } = await command(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it.each([
    ['PORT', 'eighty'],
    ['LOG_LEVEL', 'loud'],
    ['PUBLIC_URL', 'ftp://x'],
    ['DATABASE_URL', 'mysql://x'],
    ['BUILDGATE_GRACE_SECONDS', '-1'],
    ['BUILDGATE_GRACE_SECOND', '1'],
  ])('for the wrong setting %s=%s, which is named in one line', async (name, value) => {
    const { code, stdout, stderr } = await run(['serve'], environment(database, { [name]: value }));
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(name);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('exit code 1', () => {
  it('for a port that is taken, in one line', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    try {
      const settings = { PORT: String(port), LOG_LEVEL: 'warn' };
      const { code, stdout, stderr } = await run(['serve'], environment(database, settings));
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(new RegExp(`^buildgate: .*127\\.0\\.0\\.1:${port}.*\\n$`));
    } finally {
      other.close();
    }
  });

  it('for a database that does not answer, in one line without its password', async () => {
    const url = 'postgres://user:secret-word@127.0.0.1:1/none';
    const { code, stdout, stderr } = await run(['migrate'], environment(database, { DATABASE_URL: url }));
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).not.toContain('secret-word');
  });
});

describe('token create', () => {
  it('prints the token alone, and the token works', async () => {
    const { code, stdout, stderr } = await command('token', 'create', 'jdoe', '--role', 'agent', '--group', 'staff');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^bg_[A-Za-z0-9_-]{43}\n$/);
    const json = await command('token', 'create', 'jdoe', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ user: 'jdoe', token: expect.stringMatching(/^bg_/) as string });
    const gateway = await GatewayProcess.start(environment(database));
    try {
      const { data } = await gateway.graphql('{ viewer { name admin roles } }', {}, stdout.trim());
      expect(data).toEqual({ viewer: { name: 'jdoe', admin: false, roles: ['agent'] } });
    } finally {
      await gateway.kill();
    }
  });
});

describe('token list and revoke', () => {
  it('show what was made, and make it useless', async () => {
    const args = ['--scope', 'read', '--name', 'wall', '--expires-in', '90d'];
    const token = (await command('token', 'create', 'watcher', ...args)).stdout.trim();
    const shown = await command('token', 'list', '--user', 'watcher');
    const [titles, row] = shown.stdout.split('\n');
    expect(titles).toMatch(/^ *ID  BEGINS +USER +NAME +SCOPES +CREATED +EXPIRES +LAST USED +STATE$/);
    expect(row).toMatch(
      new RegExp(`^ *\\d+  ${token.slice(0, 9)}  watcher  wall  read +\\S+ \\S+  \\S+ \\S+  never +good$`),
    );
    expect(shown.stdout).not.toContain(token);
    expect(await command('token', 'revoke', token.slice(0, 9))).toMatchObject({
      code: 0,
      stdout: '1 revoked\n',
      stderr: '',
    });
    expect((await command('token', 'list', '--user', 'watcher')).stdout).toBe('No tokens.\n');
    const all = await command('token', 'list', '--user', 'watcher', '--all', '--json');
    expect(JSON.parse(all.stdout)).toMatchObject([
      { user: 'watcher', name: 'wall', scopes: ['read'], state: 'revoked' },
    ]);
  });

  it('say what is wrong', async () => {
    expect(await command('token', 'revoke', 'bg_none')).toMatchObject({ code: 2, stdout: '' });
    expect((await command('token', 'create', 'x', '--expires-in', 'soon')).code).toBe(2);
  });
});

describe('colours', () => {
  const BOLD = '\u001B[1m';

  it('are left out where nobody asks for them and where there is no terminal', async () => {
    expect((await command('--help')).stdout).not.toContain('\u001B');
    expect((await command('sreve')).stderr).toMatch(/^error: unknown command/);
  });

  it('are there when FORCE_COLOR says so, and not against NO_COLOR', async () => {
    const forced = environment(database, { FORCE_COLOR: '1' });
    expect((await run(['--help'], forced)).stdout).toContain(`${BOLD}Usage:`);
    expect((await run(['sreve'], forced)).stderr).toContain('\u001B[31merror: unknown command');
    expect((await run(['serve'], { ...forced, PORT: 'x' })).stderr).toContain('\u001B[31mbuildgate:\u001B[39m PORT');
    const refused = environment(database, { NO_COLOR: '1' });
    expect((await run(['--help'], refused)).stdout).not.toContain('\u001B');
  });
});

it('the help ends with the exit codes', async () => {
  const { stdout } = await command('--help');
  expect(stdout).toContain('Exit codes: 0 done, 1 failed, 2 wrong usage or a wrong setting.');
});

it.each([
  ['agent', []],
  ['completion', []],
  ['copy', []],
  ['demo', []],
  ['doctor', []],
  ['export', []],
  ['import', []],
  ['migrate', []],
  ['serve', []],
  ['schema', ['print']],
  ['schema', ['openapi']],
  ['token', ['create']],
])('%s explains itself with examples', async (name, words) => {
  const { code, stdout } = await command(name, ...words, '--help');
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`Examples:\n[^]*buildgate ${[name, ...words].join(' ')}`));
});

describe('serve', () => {
  it('says where it listens on stdout, and logs lines of JSON on stderr', async () => {
    const gateway = await GatewayProcess.start(environment(database));
    gateway.signal('SIGTERM');
    const { code, stdout, stderr } = await gateway.exited;
    expect([code, stdout]).toEqual([0, `buildgate listens on ${gateway.url}\n`]);
    const messages = stderr
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { msg: string }).msg);
    expect(messages).toEqual(['listening', 'stopping', 'stopped']);
  });
});

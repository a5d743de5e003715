import { InvalidArgumentError, type Command } from 'commander';
import { openReadyStore } from '../app.js';
import { loadConfig } from '../config.js';
import { createToken } from '../core/auth/authenticator.js';
import { listTokens, revokeTokens, type ListedToken } from '../core/auth/token-list.js';
import type { Store } from '../core/store/store.js';
import { formatTime } from '../core/time.js';
import { printable } from './fault.js';
import { textTable, type TextColumn } from './text-table.js';

interface CreateFlags {
  readonly admin?: boolean;
  readonly role: string[];
  readonly group: string[];
  readonly scope: string[];
  readonly name?: string;
  readonly expiresIn?: number;
  readonly json?: boolean;
}

interface ListFlags {
  readonly user?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `buildgate token`. */
export function registerToken(program: Command): void {
  const token = program.command('token').description('Bearer tokens of users and agents.');
  registerCreate(token);
  registerList(token);
  registerRevoke(token);
}

function registerCreate(token: Command): void {
  token
    .command('create')
    .description('Make a token for a user, who is created if absent, and print it. It is not shown again.')
    .argument('<user>', 'name of the user')
    .option('--admin', 'make the user an administrator of the gateway')
    .option(
      '--role <role>',
      'give a role: agent, operator, or SYSTEM/ROLE such as freshmaker/manual_rebuilder (repeatable)',
      collect,
      [],
    )
    .option('--group <group>', 'put the user into a group (repeatable)', collect, [])
    .option('--name <text>', 'what the token is for, to tell it apart')
    .option('--expires-in <time>', 'how long it is good: 90d, 12h, 30m', seconds)
    .option(
      '--scope <scope>',
      'narrow it: read calls no mutation; with roles it has none of the others; admin (repeatable)',
      collect,
      [],
    )
    .option('--json', 'print it as JSON, with the user')
    .addHelpText(
      'after',
      `
Examples:
  buildgate token create ops --admin
  buildgate token create worker-1 --role agent --expires-in 90d
  buildgate token create ops --scope read --name dashboard
  buildgate token create jdoe --role freshmaker/manual_rebuilder`,
    )
    .action(async (user: string, { admin, role, group, scope, name, expiresIn, json }: CreateFlags) => {
      const request = { user, admin: admin === true, roles: role, groups: group, scopes: scope, name };
      const made = await withStore((store) => createToken(store, { ...request, expiresInSeconds: expiresIn }));
      process.stdout.write(`${json ? JSON.stringify({ user, token: made }) : made}\n`);
    });
}

function registerList(token: Command): void {
  token
    .command('list')
    .description('Show the tokens that are good, those made last first; never the tokens themselves.')
    .option('--user <user>', 'of one user')
    .option('--all', 'those that were revoked or have expired, too')
    .option('--json', 'print a JSON array')
    .action(async ({ user, all, json }: ListFlags) => {
      const [tokens, now] = await withStore(async (store) => [
        await listTokens(store.reader, user ?? null),
        store.now(),
      ]);
      const shown = tokens.map((one) => listed(one, now)).filter(({ state }) => all || state === 'good');
      const table = shown.length === 0 ? 'No tokens.\n' : textTable(COLUMNS, shown);
      process.stdout.write(json ? `${JSON.stringify(shown, null, 2)}\n` : table);
    });
}

function registerRevoke(token: Command): void {
  token
    .command('revoke')
    .description('Make tokens useless at once.')
    .argument('<token...>', 'ids, or first characters, as "token list" shows them')
    .action(async (named: string[]) => {
      const count = await withStore((store) => revokeTokens(store, named));
      process.stdout.write(`${count} revoked\n`);
    });
}

async function withStore<Result>(work: (store: Store) => Promise<Result>): Promise<Result> {
  const store = await openReadyStore(loadConfig());
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** A token as it is printed. */
function listed({ createdAt, expiresAt, lastUsedAt, revokedAt, ...token }: ListedToken, now: number) {
  const isOver = expiresAt !== null && expiresAt <= now;
  const time = (at: number | null): string | null => (at === null ? null : formatTime(at));
  return {
    ...token,
    state: revokedAt !== null ? 'revoked' : isOver ? 'expired' : 'good',
    createdAt: formatTime(createdAt),
    expiresAt: time(expiresAt),
    lastUsedAt: time(lastUsedAt),
    revokedAt: time(revokedAt),
  };
}

type Listed = ReturnType<typeof listed>;

const COLUMNS: readonly TextColumn<Listed>[] = [
  ['ID', ({ id }) => String(id)],
  ['BEGINS', ({ prefix }) => prefix ?? '-'],
  ['USER', ({ user }) => printable(user)],
  ['NAME', ({ name }) => printable(name ?? '-')],
  ['SCOPES', ({ scopes }) => scopes.join(' ') || 'all'],
  ['CREATED', ({ createdAt }) => minute(createdAt)],
  ['EXPIRES', ({ expiresAt }) => minute(expiresAt)],
  ['LAST USED', ({ lastUsedAt }) => minute(lastUsedAt)],
  ['STATE', ({ state }) => state],
];

function minute(time: string | null): string {
  return time === null ? 'never' : `${time.slice(0, 10)} ${time.slice(11, 16)}`;
}

const UNITS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };

/** Seconds of `30m`, `12h`, `90d`; at most 100 years. */
function seconds(text: string): number {
  const [, count = '', unit = ''] = /^([1-9][0-9]{0,7})([mhd])$/.exec(text) ?? [];
  const length = Number(count) * (UNITS[unit] ?? 0);
  if (length === 0 || length > 36_500 * 86_400)
    throw new InvalidArgumentError('It must be a time such as 90d, 12h or 30m, of 100 years at most.');
  return length;
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

import type { Command } from 'commander';
import { openReadyStore } from '../app.js';
import { loadConfig } from '../config.js';
import { createToken } from '../core/auth/authenticator.js';

interface TokenFlags {
  readonly admin?: boolean;
  readonly role: string[];
  readonly group: string[];
  readonly json?: boolean;
}

/** `buildgate token create`. */
export function registerToken(program: Command): void {
  const token = program.command('token').description('Bearer tokens of users and agents.');
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
    .option('--json', 'print it as JSON, with the user')
    .addHelpText(
      'after',
      `
Examples:
  buildgate token create ops --admin
  buildgate token create worker-1 --role agent
  buildgate token create jdoe --role freshmaker/manual_rebuilder`,
    )
    .action(async (user: string, { admin, role, group, json }: TokenFlags) => {
      const store = await openReadyStore(loadConfig());
      try {
        const made = await createToken(store, { user, admin: admin === true, roles: role, groups: group });
        process.stdout.write(`${json ? JSON.stringify({ user, token: made }) : made}\n`);
      } finally {
        await store.close();
      }
    });
}

function collect(value: string, previous: string[]): string[] {
  return [...previous, value];
}

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from './gateway-process.js';

let folder: string;
const environment = { PATH: process.env.PATH ?? '' };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'buildgate-completion-'));
  // The shells complete what they can run.
  writeFileSync(join(folder, 'buildgate'), '#!/bin/sh\n');
  chmodSync(join(folder, 'buildgate'), 0o755);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function script(shell: string): Promise<string> {
  const { code, stdout, stderr } = await run(['completion', shell], environment);
  expect([code, stderr]).toEqual([0, '']);
  return stdout;
}

/** Words that bash offers for the last one of a command line. */
function inBash(text: string, words: readonly string[]): string[] {
  const commands = `${text}
COMP_WORDS=(buildgate "$@"); COMP_CWORD=$#
_buildgate
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-euc', commands, 'bash', ...words], {
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').filter((word) => word !== '');
}

/** The same in fish. */
function inFish(text: string, words: readonly string[]): string[] {
  const file = join(folder, 'buildgate.fish');
  writeFileSync(file, text);
  const line = ['buildgate', ...words].join(' ');
  const env = { ...process.env, HOME: folder, PATH: `${folder}:${environment.PATH}` };
  const commands = `source ${file}; complete -C '${line}'`;
  const { status, stdout, stderr } = spawnSync('fish', ['--no-config', '-c', commands], {
    encoding: 'utf8',
    env,
    cwd: folder,
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.split('\n').flatMap((offered) => (offered === '' ? [] : [offered.split('\t', 1)[0]!]));
}

/** What zsh's completion system would be handed for the last word. */
function inZsh(text: string, words: readonly string[]): string[] {
  const commands = `compdef() { : }; _files() { : }; _describe() { print -l -- \${(P)2%%:*} }
${text}
words=(buildgate "$@"); CURRENT=$#words
_buildgate`;
  const { status, stdout, stderr } = spawnSync('zsh', ['-fc', commands, 'zsh', ...words], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const [last = ''] = words.slice(-1);
  return stdout.split('\n').filter((word) => word !== '' && word.startsWith(last));
}

const SHELLS = { bash: inBash, fish: inFish, zsh: inZsh };
/** Every machine has bash; the others are asked where they are. */
const installed = Object.entries(SHELLS).filter(([shell]) => spawnSync(shell, ['--version']).error === undefined);

describe.each(installed)('completion for %s', (shell, offered) => {
  it('offers commands, their commands, choices and options', async () => {
    const text = await script(shell);
    const all = (...words: string[]): string[] => offered(text, words).toSorted();
    expect(all('mig')).toEqual(['migrate']);
    expect(all('')).toEqual(expect.arrayContaining(['agent', 'completion', 'demo', 'doctor', 'serve', 'token']));
    expect(all('token', 'c')).toEqual(['create']);
    expect(all('token', 'create', '--a')).toEqual(['--admin']);
    expect(all('token', 'create', 'serve', '--a')).toEqual(['--admin']);
    expect(all('import', 'fresh')).toEqual(['freshmaker']);
    expect(all('schema', 'openapi', 'ro')).toEqual(['rodan']);
    expect(all('demo', '--s')).toEqual(['--seed', '--speed']);
  });
});

it('a shell that is not known is wrong usage', async () => {
  const { code, stdout, stderr } = await run(['completion', 'csh'], environment);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain('bash, zsh, fish');
});

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../src/systems/index.js';
import { startTestServer } from '../support/server.js';

const packageFile = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const readme = packageFile('README.md');
const run = promisify(execFile);

/** Where the README says the server is. */
const DOCUMENTED = 'http://127.0.0.1:4000';

/** Commands with the JSON that the README shows as their answer. */
const exchanges = [...readme.matchAll(/```sh\n([^`]+)```\n\n(?:<!-- prettier-ignore -->\n)?```json\n([^`]+)```/g)].map(
  ([, command, answer]) => ({
    command: command!.trim(),
    answer: JSON.parse(answer!) as unknown,
  }),
);

let server: Awaited<ReturnType<typeof startTestServer>>;

beforeAll(async () => {
  const samples = SYSTEMS.map(({ name }) => [name, JSON.parse(packageFile(`examples/${name}.json`)) as object]);
  server = await startTestServer({ import: Object.fromEntries(samples) });
});

afterAll(() => server?.close());

describe('the README', () => {
  it('shows five old URIs and a query', () => {
    expect(exchanges.map(({ command }) => /curl .*\/graphql/.test(command))).toEqual([
      ...Array<boolean>(5).fill(false),
      true,
    ]);
  });

  it.each(exchanges)('$command', async ({ command, answer }) => {
    const { stdout } = await run('bash', ['-c', command.replaceAll(DOCUMENTED, server.url)]);
    expect(JSON.parse(stdout.replaceAll(server.url, DOCUMENTED))).toEqual(answer);
  });

  it.each(SYSTEMS)('says how the sample records of $title are imported', ({ name, title }) => {
    expect(readme).toContain(`\nnpx buildgate import ${name} examples/${name}.json\n`);
    expect(readme).toContain(title);
  });

  it('names only scripts that exist', () => {
    const { scripts } = JSON.parse(packageFile('package.json')) as { scripts: Record<string, string> };
    const named = [...readme.matchAll(/`npm run ([a-z:]+)`/g)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('gives the test command that the checks run', () => {
    expect(readme).toContain('```sh\nnpm ci && npm test\n```');
    expect(packageFile('.ci/run')).toContain("'npm ci && npm test'");
  });
});

import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const EXAMPLE = fileURLToPath(new URL('../../examples/clients/relay/', import.meta.url));
const require = createRequire(import.meta.url);
/** Path of the compiler's own program. */
const COMPILER = require('relay-compiler') as string;
const SCHEMA = fileURLToPath(new URL('../../schema/schema.graphql', import.meta.url));

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'relay-'));
  cpSync(EXAMPLE, folder, { recursive: true });
  cpSync(SCHEMA, join(folder, 'schema.graphql'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What the compiler says of the folder, and how it ended. */
async function compile(): Promise<{ said: string; code: number }> {
  const run = promisify(execFile)(COMPILER, ['relay.config.json'], { cwd: folder });
  const ended = await run.then(
    ({ stdout, stderr }) => ({ stdout, stderr, code: 0 }),
    (error: { stdout: string; stderr: string; code: number }) => error,
  );
  return { said: ended.stdout + ended.stderr, code: ended.code };
}

describe('the Relay compiler', () => {
  it('compiles the example: connections, refetching by id, a subscription, a mutation, without a warning', async () => {
    const { said, code } = await compile();
    expect({ code, warnings: said.match(/warn|error/gi) }).toEqual({ code: 0, warnings: null });
    const artifacts = globSync('__generated__/*.ts', { cwd: folder }).toSorted();
    expect(artifacts.map((path) => path.replace('__generated__/', ''))).toEqual([
      'EventCardMoveMutation.graphql.ts',
      'EventCardRefetchQuery.graphql.ts',
      'EventCardSubscription.graphql.ts',
      'EventCard_event.graphql.ts',
      'EventListPageQuery.graphql.ts',
      'EventListQuery.graphql.ts',
      'EventList_events.graphql.ts',
    ]);
    // Refetching goes through the node field.
    expect(readFileSync(join(folder, '__generated__/EventCardRefetchQuery.graphql.ts'), 'utf8')).toContain(
      '"name": "node"',
    );
  });

  it('would say what is wrong', async () => {
    const wrong = 'export const wrong = graphql`query EventCardWrongQuery { events { edges { node { colour } } } }`;\n';
    appendFileSync(join(folder, 'EventCard.ts'), wrong);
    const { said, code } = await compile();
    expect(code).not.toBe(0);
    expect(said).toContain('colour');
  });
});

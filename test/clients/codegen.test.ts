import { execFile } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { codegen } from '@graphql-codegen/core';
import * as documentNodes from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse } from 'graphql';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const SCALARS = {
  DateTime: 'string',
  OffsetDateTime: 'string',
  SafeInt: 'number',
  JSON: 'unknown',
  JSONObject: 'object',
};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'codegen-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A program that uses what was generated as its reader would. */
const PROGRAM = `import type { BuildsQuery, BuildNumbersQueryVariables, BuildChangesSubscription } from './generated.js';
export function states({ builds }: BuildsQuery): string[] {
  return builds.edges.map(({ node }) => \`\${node.name}: \${node.state === 'FAILED' ? 'failed' : node.state}\`);
}
export function architectures({ builds }: BuildsQuery): (string | null | undefined)[] {
  return builds.edges.flatMap(({ node }) => ('arch' in node ? [node.arch] : []));
}
export const range: BuildNumbersQueryVariables = { from: '2024-01-01T00:00:00Z', to: '2024-02-01T00:00:00Z' };
export const seen = ({ buildStateChanged }: BuildChangesSubscription): string => buildStateChanged.cursor;
// @ts-expect-error A build has no such state.
export const never = ({ builds }: BuildsQuery): boolean => builds.edges[0]?.node.state === 'EXPLODED';
`;

it('graphql-codegen makes types of the example documents that TypeScript takes in its strictest mode, without a word', async () => {
  const said = (['log', 'warn', 'error'] as const).map((name) => vi.spyOn(console, name));
  const filename = join(folder, 'generated.ts');
  const generated = await codegen({
    filename,
    schema: parse(readFileSync(`${ROOT}/schema/schema.graphql`, 'utf8')),
    documents: globSync(`${ROOT}/examples/clients/documents/*.graphql`).map((location) => ({
      location,
      document: parse(readFileSync(location, 'utf8')),
    })),
    config: { scalars: SCALARS, useTypeImports: true, enumsAsTypes: true },
    plugins: [{ operations: {} }, { documentNodes: {} }],
    pluginMap: { operations, documentNodes },
  });
  for (const spy of said) expect(spy).not.toHaveBeenCalled();
  writeFileSync(filename, generated);
  writeFileSync(join(folder, 'program.ts'), PROGRAM);
  mkdirSync(join(folder, 'node_modules/@graphql-typed-document-node'), { recursive: true });
  for (const name of ['graphql', '@graphql-typed-document-node/core']) {
    symlinkSync(`${ROOT}/node_modules/${name}`, join(folder, 'node_modules', name));
  }
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--skipLibCheck',
    '--types',
    '',
  ];
  const compiler = `${ROOT}/node_modules/typescript/bin/tsc`;
  const run = promisify(execFile)(process.execPath, [compiler, ...options, 'program.ts'], { cwd: folder });
  expect(await run.catch(({ stdout }: { stdout: string }) => ({ stdout, stderr: '' }))).toEqual({
    stdout: '',
    stderr: '',
  });
});

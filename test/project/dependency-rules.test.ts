import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

let tree: string;

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'dependency-rules-'));
  copyFileSync(join(packageRoot, '.oxlintrc.json'), join(tree, '.oxlintrc.json'));
});

afterEach(() => rmSync(tree, { recursive: true, force: true }));

/** Lints a tree of these files (path to text) and gives the rules that were broken, once each. */
function brokenRules(files: Readonly<Record<string, string>>): string[] {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const oxlint = join(packageRoot, 'node_modules/oxlint/bin/oxlint');
  const run = spawnSync(process.execPath, [oxlint, '--deny-warnings', '-f', 'json'], { cwd: tree, encoding: 'utf8' });
  const { diagnostics, number_of_files: count } = JSON.parse(run.stdout) as {
    diagnostics: { code: string }[];
    number_of_files: number;
  };
  expect(count).toBe(Object.keys(files).length);
  expect(run.status).toBe(diagnostics.length === 0 ? 0 : 1);
  return [...new Set(diagnostics.map((diagnostic) => diagnostic.code))];
}

/** A module that imports one other, as a type and nothing else, which counts too. */
const importing = (specifier: string) => `export type { Anything } from '${specifier}';\n`;

const refused: [file: string, specifier: string][] = [
  ['src/core/errors.ts', '../systems/freshmaker/service.js'],
  ['src/core/list/page.ts', '../../systems/index.js'],
  ['src/core/list/page.ts', '../../server/execution.js'],
  ['src/core/changes/feed.ts', '../../bus/memory.js'],
  ['src/core/changes/feed.ts', '../../bus/rabbitmq.js'],
  ['src/core/ids.ts', '../cli/serve.js'],
  ['src/core/ids.ts', '../main.js'],
  ['src/systems/freshmaker/service.ts', '../rodan/service.js'],
  ['src/systems/freshmaker/service.ts', '../../systems/rodan/service.js'],
  ['src/systems/freshmaker/service.ts', '../../server/execution.js'],
  ['src/systems/freshmaker/schema/event.ts', '../../rodan/schema.js'],
  ['src/systems/freshmaker/schema/inputs/event.ts', '../../../rodan/schema.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../../kernelci/rest/represent.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../service.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../service/cancel.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../model.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../reads.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../../../core/store/store.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../../../core/list/page.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../../../core/changes/log.js'],
  ['src/systems/freshmaker/rest/represent.ts', '../../../core/model/states.js'],
  ['src/systems/freshmaker/rest/represent.ts', '@mikro-orm/core'],
  ['src/systems/freshmaker/rest/lists/page.ts', '../../service.js'],
  ['src/systems/freshmaker/rest/lists/page.ts', '../../../rodan/schema.js'],
  ['src/bus/memory.ts', '../core/changes/feed.js'],
  ['src/bus/memory.ts', '../core/events.js'],
  ['src/bus/memory.ts', '../systems/index.js'],
  ['src/server/http.ts', '../main.js'],
  ['test/cli/serve.test.ts', '../../src/main.js'],
  ['src/server/http.ts', 'node:process'],
];

const allowed: [file: string, specifier: string][] = [
  ['src/core/changes/feed.ts', '../../bus/bus.js'],
  ['src/core/list/page.ts', '../errors.js'],
  ['src/systems/freshmaker/service.ts', '../../core/changes/log.js'],
  ['src/systems/freshmaker/service.ts', '../system.js'],
  ['src/systems/freshmaker/service.ts', './rest/routes.js'],
  ['src/systems/freshmaker/schema/event.ts', '../service.js'],
  ['src/systems/freshmaker/schema/event.ts', '../rest/represent.js'],
  ['src/systems/freshmaker/schema/inputs/event.ts', '../../service.js'],
  ['src/systems/freshmaker/rest/routes.ts', './represent.js'],
  ['src/systems/freshmaker/rest/routes.ts', '../codes.js'],
  ['src/systems/freshmaker/rest/routes.ts', '../../../core/errors.js'],
  ['src/systems/freshmaker/rest/routes.ts', '../../../server/dialect.js'],
  ['src/systems/index.ts', './freshmaker/index.js'],
  ['src/bus/memory.ts', './bus.js'],
  ['src/bus/memory.ts', '../core/errors.js'],
  ['src/app.ts', './systems/index.js'],
];

describe('imports point down', () => {
  it.each(refused)('%s must not import %s', (file, specifier) => {
    expect(brokenRules({ [file]: importing(specifier) })).toEqual(['eslint(no-restricted-imports)']);
  });

  it('a tree that keeps the rules is accepted', () => {
    const modules = new Map<string, string>();
    for (const [file, specifier] of allowed) modules.set(file, (modules.get(file) ?? '') + importing(specifier));
    expect(brokenRules(Object.fromEntries(modules))).toEqual([]);
  });

  it('modules that import each other in a circle are refused', () => {
    const files = {
      'src/core/a.ts': "import { b } from './b.js';\nexport const a = () => b;\n",
      'src/core/b.ts': "import { a } from './a.js';\nexport const b = () => a;\n",
    };
    expect(brokenRules(files)).toEqual(['import(no-cycle)']);
  });
});

describe('the environment has one reader', () => {
  it('process.env outside src/config.ts is refused', () => {
    const files = { 'src/server/http.ts': 'export const port = process.env.PORT;\n' };
    expect(brokenRules(files)).toEqual(['node(no-process-env)']);
  });

  it('src/config.ts reads it', () => {
    expect(brokenRules({ 'src/config.ts': 'export const port = process.env.PORT;\n' })).toEqual([]);
  });
});

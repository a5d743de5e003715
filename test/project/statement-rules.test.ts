import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

it('a limit that is bound is written by limitTo: SQLite would prepare the statement again for each value', () => {
  const bound = globSync('src/**/*.ts', { cwd: ROOT }).filter((file) =>
    /\bLIMIT \$\{/.test(readFileSync(`${ROOT}${file}`, 'utf8')),
  );
  expect(bound).toEqual([]);
});

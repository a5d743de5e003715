import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { countsOf, importDatabase } from '../systems/freshmaker/import-support.js';

const SCRIPT = fileURLToPath(new URL('generate.ts', import.meta.url));

function generate(seed: number): string {
  const args = [SCRIPT, '--events', '400', '--builds', '3000', '--seed', String(seed)];
  return execFileSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
}

it('the generated data set is the same for the same seed, has the sizes asked for, and is imported', async () => {
  const text = generate(7);
  expect(generate(7)).toBe(text);
  expect(generate(8)).not.toBe(text);
  const database = await importDatabase();
  try {
    expect(countsOf(await database.take(text))).toEqual({
      events: [400, 0, 0],
      builds: [3_000, 0, 0],
      roles: [1, 0, 0],
    });
    const largest = 'SELECT COUNT(*) AS builds FROM build GROUP BY event_id ORDER BY 1 DESC LIMIT 1';
    expect((await database.rows(largest))[0]?.builds).toBeGreaterThan(40);
    expect(
      await database.rows('SELECT COUNT(*) AS total FROM build WHERE freshmaker_external_build_id < 0'),
    ).not.toEqual([{ total: 0 }]);
  } finally {
    await database.drop();
  }
});

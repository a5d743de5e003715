import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { countsOf } from '../support/import-database.js';
import { importDatabase as freshmakerDatabase } from '../systems/freshmaker/import-support.js';
import { importDatabase as kernelciDatabase } from '../systems/kernelci/import-support.js';
import { importDatabase as rodanDatabase } from '../systems/rodan/import-support.js';

function generate(script: string, args: readonly string[], seed: number): string {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const options = { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 } as const;
  return execFileSync(process.execPath, [path, ...args, '--seed', String(seed)], options);
}

it('the generated data set is the same for the same seed, has the sizes asked for, and is imported', async () => {
  const sizes = ['--events', '400', '--builds', '3000'];
  const text = generate('generate.ts', sizes, 7);
  expect(generate('generate.ts', sizes, 7)).toBe(text);
  expect(generate('generate.ts', sizes, 8)).not.toBe(text);
  const database = await freshmakerDatabase();
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

it('the first events are much the same in data sets of different sizes, which are compared by them', () => {
  const buildsOfFirst = (sizes: readonly string[]): number[] => {
    const { events } = JSON.parse(generate('generate.ts', sizes, 7)) as { events: { builds: unknown[] }[] };
    return events.slice(0, 200).map(({ builds }) => builds.length);
  };
  const small = buildsOfFirst(['--events', '2000', '--builds', '13000']);
  const large = buildsOfFirst(['--events', '6000', '--builds', '39000']);
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  expect(sum(small)).toBeGreaterThan(500);
  expect(Math.abs(sum(small) / sum(large) - 1)).toBeLessThan(0.1);
  expect(small.map((count) => count > 0)).toEqual(large.map((count) => count > 0));
});

it('the same of Kernel CI: every build is of a job, every boot of a build', async () => {
  const sizes = ['--builds', '150', '--boots', '450'];
  const text = generate('generate-kernelci.ts', sizes, 7);
  expect(generate('generate-kernelci.ts', sizes, 7)).toBe(text);
  expect(generate('generate-kernelci.ts', sizes, 8)).not.toBe(text);
  const database = await kernelciDatabase();
  try {
    expect(countsOf(await database.take(text))).toEqual({ jobs: [3, 0, 0], builds: [150, 0, 0], boots: [450, 0, 0] });
    const same = `SELECT COUNT(*) AS total FROM job j JOIN build b ON b.id = j.build_id JOIN event e ON e.id = b.event_id
      WHERE e.id = j.event_id AND b.kernelci_defconfig_full = j.kernelci_defconfig_full AND b.submitted_at < j.created_at`;
    expect(await database.rows(same)).toEqual([{ total: 450 }]);
  } finally {
    await database.drop();
  }
});

it('the same of Rodan: every run job reads two resources and writes one, which has it for its origin', async () => {
  const sizes = ['--run-jobs', '300'];
  const text = generate('generate-rodan.ts', sizes, 7);
  expect(generate('generate-rodan.ts', sizes, 7)).toBe(text);
  expect(generate('generate-rodan.ts', sizes, 8)).not.toBe(text);
  const database = await rodanDatabase();
  try {
    expect(countsOf(await database.take(text))).toMatchObject({
      'workflow runs': [30, 0, 0],
      'run jobs': [300, 0, 0],
      resources: [330, 0, 0],
      inputs: [600, 0, 0],
      outputs: [300, 0, 0],
    });
    const made = `SELECT COUNT(*) AS total FROM job j JOIN rodan_output o ON o.run_job_id = j.id
      JOIN rodan_resource r ON r.origin_uuid = o.uuid WHERE r.uuid = o.resource_uuid AND o.output_port_type_uuid IS NOT NULL`;
    expect(await database.rows(made)).toEqual([{ total: 300 }]);
  } finally {
    await database.drop();
  }
});

import { readFileSync } from 'node:fs';
import { SYSTEM_NAMES } from '../../src/config-values.js';

/** The sample records of all systems, by system, as `startTestServer` imports them. */
export function exampleRecords(): Record<string, object> {
  const read = (name: string): object =>
    JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')) as object;
  return Object.fromEntries(SYSTEM_NAMES.map((name) => [name, read(name)]));
}

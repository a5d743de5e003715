import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The stored operations of a dialect: the text of its file, or of all files of its folder together. */
export function operationsText(location: URL): string {
  if (!location.pathname.endsWith('/')) return readFileSync(location, 'utf8');
  const files = globSync('*.graphql', { cwd: fileURLToPath(location) }).toSorted();
  return files.map((file) => readFileSync(new URL(file, location), 'utf8')).join('\n');
}

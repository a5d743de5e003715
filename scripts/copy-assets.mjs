// The compiler leaves the stored operations (*.graphql) and the documented exchanges (*.json) where they are; the server reads
// them beside its own modules.
import { chmodSync, cpSync, existsSync, globSync, readFileSync } from 'node:fs';

const stored = globSync('src/**/*.graphql', { exclude: ['src/dashboard/**'] });
for (const file of [...stored, ...globSync('src/systems/**/*.json')]) {
  const target = file.replace(/^src/, 'dist');
  // A server may be reading it: only what has changed is written again.
  if (!existsSync(target) || !readFileSync(file).equals(readFileSync(target))) cpSync(file, target);
}

// npx makes it executable only the first time that it sees this folder; not after a new clone or build in its place.
chmodSync('dist/main.js', 0o755);

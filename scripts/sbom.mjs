// Prints the bill of materials of what the gateway runs with, in CycloneDX's JSON. npm lists everything and marks what only
// development needs; told to omit that, it leaves out what both need as well.
import { execFileSync } from 'node:child_process';

const DEVELOPMENT = 'cdx:npm:package:development';
const text = execFileSync('npm', ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'], {
  encoding: 'utf8',
  maxBuffer: 2 ** 26,
  stdio: ['ignore', 'pipe', 'inherit'],
});
const bill = JSON.parse(text);
const components = bill.components.filter(
  ({ properties = [] }) => !properties.some(({ name }) => name === DEVELOPMENT),
);
const kept = new Set([...components, bill.metadata.component].map((component) => component['bom-ref']));
const dependencies = bill.dependencies
  .filter(({ ref }) => kept.has(ref))
  .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((other) => kept.has(other)) }));
console.log(JSON.stringify({ ...bill, components, dependencies }, null, 2));

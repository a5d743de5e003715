// Checks the licences of what the gateway runs with against those that its users can take: node scripts/licences.mjs [LOCK]
import { readFileSync } from 'node:fs';

/** Licences (SPDX) that ask for no more than their text and the names of the authors. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);

const [, , file = new URL('../package-lock.json', import.meta.url)] = process.argv;
const { packages } = JSON.parse(readFileSync(file, 'utf8'));

/** Of several licences all must be allowed; of a choice, one. */
function isAllowed(expression) {
  return expression
    .replaceAll(/[()]/g, '')
    .split(' OR ')
    .some((choice) => choice.split(' AND ').every((licence) => ALLOWED.has(licence)));
}

const found = new Map();
for (const [path, { license = 'none', dev }] of Object.entries(packages)) {
  if (path !== '' && !dev) found.set(license, [...(found.get(license) ?? []), path.replace(/^.*node_modules\//, '')]);
}
for (const [licence, names] of [...found].toSorted(([one], [other]) => (one < other ? -1 : 1))) {
  const refused = isAllowed(licence) ? '' : ` NOT ALLOWED: ${names.join(', ')}`;
  console.log(`${licence}: ${names.length}${refused}`);
  if (refused) process.exitCode = 1;
}

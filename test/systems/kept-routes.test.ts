import { expect, it } from 'vitest';
import type { Route } from '../../src/server/dialect.js';
import { SYSTEMS } from '../../src/systems/index.js';

/** Why answers of a GET route are not given again, by system and address. */
const NEVER: Readonly<Record<string, string>> = {
  'freshmaker /api/1/monitor/metrics': 'shows what the process has counted',
  'buildapi /builds/{branch}/rev/{revision}/is_done': 'counts the seconds since a build ended',
  'buildapi /self-serve/{branch}/rev/{revision}/is_done': 'counts the seconds since a build ended',
  'buildapi /builds/{branch}/builders': 'counts 60 days back from now',
  'buildapi /self-serve/{branch}/builders': 'counts 60 days back from now',
  'buildapi /login': 'asks a browser for credentials',
  'kernelci /{token}': 'shows tokens',
  'kernelci /{token}/{value}': 'shows a token',
  'rodan /auth/me/': 'makes an account a user the first time',
};

/** Of which requests alone they are. */
const SOMETIMES: Readonly<Record<string, string>> = {
  'buildapi /builds/{branch}': 'JSON of a day that is named: a page shows which day is today',
  'buildapi /self-serve/{branch}': 'the same',
  'buildapi /builds/{branch}/rev/{revision}': 'JSON: a page says whether all is done by now',
  'buildapi /self-serve/{branch}/rev/{revision}': 'the same',
  'buildapi /pending': 'JSON: a page says how long something has waited',
  'buildapi /pending/{branch}': 'the same',
  'buildapi /pending/{branch}/{platform}': 'the same',
  'buildapi /running': 'JSON: a page says how long something has run',
  'buildapi /running/{branch}': 'the same',
  'buildapi /running/{branch}/{platform}': 'the same',
  'buildapi /pushes': 'without `today`',
  'buildapi /pushes/{branch}': 'the same',
  'buildapi /pushes/{branch}/{fromtime}': 'the same',
  'buildapi /pushes/{branch}/{fromtime}/{totime}': 'the same',
};

/** Of Kernel CI, what takes `date_range` and `time_range`, which count back from now. */
const TAKES_RANGES = (route: Route): boolean => (route.query ?? []).some(({ name }) => name === 'time_range');

const reading = SYSTEMS.flatMap(({ name, dialect }) =>
  dialect()
    .routes.filter(({ method, answers }) => method === 'GET' && !(501 in answers))
    .map((route) => ({ name, route, address: `${name} ${route.uri}` })),
);

it('Every GET route gives its answers again, but those that depend on more than the database and the request', () => {
  const never = reading.filter(({ route }) => route.kept === undefined).map(({ address }) => address);
  expect(never.toSorted()).toEqual(Object.keys(NEVER).toSorted());
});

it('Routes that depend on the clock for some requests give again the answers to the others', () => {
  const sometimes = reading.filter(({ route, name }) => typeof route.kept === 'function' && name !== 'kernelci');
  expect(sometimes.map(({ address }) => address).toSorted()).toEqual(Object.keys(SOMETIMES).toSorted());
  for (const { route, name, address } of reading) {
    if (name !== 'kernelci' || address in NEVER) continue;
    expect([address, typeof route.kept]).toEqual([address, TAKES_RANGES(route) ? 'function' : 'boolean']);
  }
});

it('No other method has answers that are kept', () => {
  const routes = SYSTEMS.flatMap(({ dialect }) => dialect().routes);
  expect(routes.filter(({ method, kept }) => method !== 'GET' && kept !== undefined)).toEqual([]);
});

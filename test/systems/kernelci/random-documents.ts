import fc from 'fast-check';
import { DISTINCT_FIELDS, FILTER_KEYS, typeOf, type Document, type ResourceName } from './query-model.js';

/** Documents at random, of few values, so that many have the same. */

/** Texts that comparing, patterns, JSON and addresses could get wrong. */
const TEXTS = [
  ...'a A b ab ä Z z \uFF5E \u{1D4B3} a+b % _ a%b a_b 1 01 true "q" back\\slash $a [x] a=b a&b a\u0301'.split(' '),
  'a b',
  "x'y",
  '',
  'next-20150116',
];
/** Values of members that are integers. */
export const INTEGERS = [0, 1, 2, 9, 10, 11, -1, 100, 4123456, 2 ** 40];
/** The texts that the documents of a data set have, and that it is asked for: few, so that some match. */
export const vocabulary: fc.Arbitrary<readonly string[]> = fc.shuffledSubarray(TEXTS, { minLength: 5, maxLength: 7 });
const DATES = [
  '2015-01-15T23:59:59.999Z',
  '2015-01-16T00:00:00.000Z',
  '2015-01-16T12:34:56.789Z',
  '2015-01-16T23:59:58.999Z',
  '2015-01-16T23:59:59.000Z',
  '2015-01-17T00:00:00.000Z',
  '2016-02-29T10:00:00.001Z',
  '1999-12-31T23:59:59.500Z',
];
/** Minutes ago, far from every bound that a query can have. */
const MINUTES_AGO = [5, 33, 700, 1500];

/** The id of a document; documents of a collection are numbered. */
export function oidOf(resource: ResourceName, number: number): string {
  const digit = ['job', 'build', 'boot', 'test_group', 'test_case'].indexOf(resource);
  return `54b8e0dcc0ffee0${digit}${String((number * 7919) % 10_000).padStart(8, '0')}`;
}
/** An id that no document has. */
export const UNKNOWN_OID = '54b8e0dcc0ffeeffffffffff';

const REQUIRED: Readonly<Record<ResourceName, readonly string[]>> = {
  job: ['job', 'kernel', 'status'],
  build: ['job', 'kernel', 'defconfig', 'arch', 'status'],
  boot: ['board', 'job', 'kernel', 'defconfig', 'lab_name', 'status'],
  test_group: ['name'],
  test_case: [],
};
const REFERS: Readonly<Record<string, ResourceName>> = {
  job_id: 'job',
  build_id: 'build',
  boot_id: 'boot',
  parent_id: 'test_group',
  test_group_id: 'test_group',
  regression_id: 'test_case',
};
/** How many documents there are of each collection. */
export const COUNTS: Readonly<Record<ResourceName, number>> = {
  job: 14,
  build: 30,
  boot: 30,
  test_group: 16,
  test_case: 24,
};

function valueOf(name: string, texts: readonly string[]): fc.Arbitrary<unknown> {
  switch (typeOf(name)) {
    case 'id': {
      const to = REFERS[name] ?? 'job';
      return fc.oneof(
        fc.nat(5).map((number) => ({ $oid: oidOf(to, number) })),
        fc.constant({ $oid: UNKNOWN_OID }),
      );
    }
    case 'integer':
      return fc.constantFrom(...INTEGERS);
    case 'number':
      return fc.constantFrom(0, 1.5, 0.1, 321.25, 1e-7, 10);
    case 'boolean':
      return fc.boolean();
    default:
      return fc.constantFrom(...texts);
  }
}

/** Members besides those that can be filtered or asked for. */
const MORE = ['build_time', 'fastboot', 'cross_compile', 'version', 'git_describe_v'];

function documentOf(
  resource: ResourceName,
  number: number,
  texts: readonly string[],
  now: number,
): fc.Arbitrary<Document> {
  const names = new Set([...FILTER_KEYS[resource], ...DISTINCT_FIELDS[resource], ...MORE]);
  const required = new Set(REQUIRED[resource]);
  const members = [...names]
    .filter((name) => name !== '_id' && name !== 'created_on')
    .map((name) => {
      const value = valueOf(name, texts);
      if (required.has(name)) return fc.record({ [name]: value });
      const present = fc.oneof({ weight: 5, arbitrary: value }, { weight: 1, arbitrary: fc.constant(null) });
      // Most members are there, as the old API always showed them all.
      return fc.oneof(
        { weight: 9, arbitrary: fc.record({ [name]: present }) },
        { weight: 1, arbitrary: fc.constant({}) },
      );
    });
  const created = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...DATES).map((text) => Date.parse(text)) },
    { weight: 1, arbitrary: fc.constantFrom(...MINUTES_AGO).map((minutes) => now - minutes * 60_000) },
  );
  const extra = fc.option(
    fc.dictionary(fc.constantFrom('__proto__', 'x', 'ü', 'a.b', '$c'), fc.jsonValue({ maxDepth: 2 })),
  );
  const branch = resource === 'job' ? fc.record({ git_branch: fc.option(fc.constantFrom(...texts)) }) : fc.constant({});
  return fc.tuple(created, branch, extra, ...members).map(([time, git, more, ...parts]) => ({
    _id: { $oid: oidOf(resource, number) },
    created_on: { $date: time },
    ...Object.assign({}, ...parts),
    ...git,
    ...(more !== null && { extra: more }),
  }));
}

/** All documents of a data set, each collection in its order of insertion, which is not that of its ids. */
export type DataSet = Readonly<Record<ResourceName, readonly Document[]>>;

/** @param now milliseconds since 1970 */
export function dataSet(texts: readonly string[], now: number): fc.Arbitrary<DataSet> {
  const of = (resource: ResourceName) =>
    fc.tuple(...Array.from({ length: COUNTS[resource] }, (_, number) => documentOf(resource, number, texts, now)));
  return fc.record({
    job: of('job'),
    build: of('build'),
    boot: of('boot'),
    test_group: of('test_group'),
    test_case: of('test_case'),
  });
}

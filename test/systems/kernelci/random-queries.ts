import fc from 'fast-check';
import { FILTER_KEYS, typeOf, type Parameters, type ResourceName } from './query-model.js';
import { INTEGERS, oidOf, UNKNOWN_OID } from './random-documents.js';

/** Query strings at random (contract kernelci, section 5), good and bad. */

type Parameter = readonly [name: string, value: string];

const FOREIGN = ['limits', 'job[]', 'job[$ne]', 'JOB', '', 'constructor', '__proto__', 'test_case_path', 'metadata'];
const DAYS = [
  '2015-01-16',
  '20150116',
  '2015-01-15',
  '2016-02-29',
  '2015-02-29',
  '2015-1-16',
  '2015-0116',
  'today',
  '0000-01-01',
];

/** What queries are made for. */
export interface Asked {
  readonly resource: ResourceName;
  /** Texts that documents have. */
  readonly texts: readonly string[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

function valueFor(name: string, texts: readonly string[]): fc.Arbitrary<string> {
  const blank = fc.constantFrom('', ' ');
  const oddities = {
    weight: 1,
    arbitrary: fc.oneof(blank, fc.constantFrom('abc', '1.5', '0x1', '1e3', '99999999999999999999')),
  };
  const none = { weight: 2, arbitrary: fc.constant('null') };
  const usual = (values: fc.Arbitrary<string>) => fc.oneof({ weight: 7, arbitrary: values }, none, oddities);
  switch (typeOf(name)) {
    case 'id': {
      const ids = fc.tuple(fc.constantFrom<ResourceName>('job', 'build', 'boot', 'test_group', 'test_case'), fc.nat(6));
      const known = ids.map(([resource, number]) => oidOf(resource, number));
      const others = fc.constantFrom(
        UNKNOWN_OID,
        UNKNOWN_OID.toUpperCase(),
        UNKNOWN_OID.slice(1),
        `${UNKNOWN_OID.slice(1)}x`,
      );
      return usual(fc.oneof({ weight: 4, arbitrary: known }, { weight: 1, arbitrary: others }));
    }
    case 'integer':
      return usual(fc.constantFrom(...INTEGERS.map(String), '+1', '007', '-0'));
    case 'boolean':
      return usual(fc.constantFrom('true', 'false', '1', '0', 'True'));
    case 'date':
      return fc.oneof({ weight: 7, arbitrary: fc.constantFrom(...DAYS) }, { weight: 1, arbitrary: blank });
    default:
      return usual(
        fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...texts) }, { weight: 1, arbitrary: fc.constant(' a ') }),
      );
  }
}

function filter({ resource, texts }: Asked): fc.Arbitrary<Parameter[]> {
  const key = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...FILTER_KEYS[resource]) },
    { weight: 1, arbitrary: fc.constantFrom(...FOREIGN) },
  );
  return key.chain((name) =>
    fc
      .array(valueFor(name, texts), { minLength: 1, maxLength: 4 })
      .map((values) => values.map((value): Parameter => [name, value])),
  );
}

function range({ resource, texts, now }: Asked): fc.Arbitrary<Parameter> {
  const keys = FILTER_KEYS[resource].filter((name) => typeOf(name) !== 'boolean');
  const bound = fc.constantFrom(...keys, 'nope').chain((name) => {
    const dates = fc.constantFrom('2015-01-16', '20150117', '1421366400000', '1421452799000', '12345678', 'x');
    const value = typeOf(name) === 'date' ? dates : valueFor(name, texts).filter((text) => text !== 'null');
    return fc.oneof(
      { weight: 9, arbitrary: value.map((text) => `${name},${text}`) },
      { weight: 1, arbitrary: fc.constantFrom(name, `${name},`, `${name},a,b`, `,${name}`) },
    );
  });
  const since = Math.floor(now / 86_400_000) - Math.floor(Date.parse('2015-01-16T00:00:00Z') / 86_400_000);
  const days = fc.constantFrom(0, 1, 2, 365, since - 1, since, since + 1, 999_999_999, 1_000_000_000);
  const count = fc.oneof(
    { weight: 7, arbitrary: days.map(String) },
    { weight: 1, arbitrary: fc.constantFrom('', 'abc', '-3', '+3', '1.5', '99999999999999999999') },
  );
  const minutes = fc.constantFrom('15', '45', '1000', '1440', '5', '9999', '-45', 'abc', '0', '1.5');
  return fc.oneof(
    { weight: 3, arbitrary: fc.tuple(fc.constantFrom('gte', 'lt'), bound) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('date_range'), count) },
    { weight: 1, arbitrary: fc.tuple(fc.constant('time_range'), minutes) },
  );
}

/** Parameters that decide which documents match, those of one key not always together. */
export function conditions(asked: Asked): fc.Arbitrary<Parameters> {
  const filters = fc.oneof(
    { weight: 3, arbitrary: fc.array(filter(asked), { maxLength: 2 }) },
    { weight: 1, arbitrary: fc.array(filter(asked), { maxLength: 5 }) },
  );
  const ranges = fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(range(asked), { maxLength: 3 }) },
  );
  return fc
    .tuple(filters, ranges)
    .chain(([some, others]) =>
      fc.shuffledSubarray([...some.flat(), ...others], { minLength: some.flat().length + others.length }),
    );
}

/** Members that can be sorted by. */
const sortable = (resource: ResourceName): fc.Arbitrary<string> =>
  fc.constantFrom(...FILTER_KEYS[resource], ...(resource === 'build' ? ['build_time'] : []), 'nope', '');

function sorting(resource: ResourceName): fc.Arbitrary<Parameter[]> {
  const names = fc.array(sortable(resource), { maxLength: 4 });
  const order = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom('1', '-1', '0', '2', '', '+1') },
    { weight: 1, arbitrary: fc.constantFrom('x', '1.0') },
  );
  return fc
    .tuple(names, fc.option(order))
    .map(([sorts, direction]): Parameter[] => [
      ...sorts.map((name): Parameter => ['sort', name]),
      ...(direction === null ? [] : [['sort_order', direction] as const]),
    ]);
}

const window: fc.Arbitrary<Parameter[]> = fc
  .tuple(
    fc.option(fc.constantFrom('0', '1', '3', '10', '-4', '100', '', '99999999999', ' 5 ', '+2')),
    fc.option(fc.constantFrom('0', '1', '2', '5', '30', '')),
    fc.oneof(
      { weight: 19, arbitrary: fc.constant(null) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Parameter>(['limit', 'abc'], ['skip', '-1'], ['skip', '1.5'], ['limit', '1_0']),
      },
    ),
  )
  .map(([limit, skip, wrong]) => [
    ...(limit === null ? [] : [['limit', limit] as const]),
    ...(skip === null ? [] : [['skip', skip] as const]),
    ...(wrong === null ? [] : [wrong]),
  ]);

function projection(resource: ResourceName): fc.Arbitrary<Parameter[]> {
  const name = fc.constantFrom(...FILTER_KEYS[resource], '_id', 'extra', 'nope', '', '__proto__');
  const none = { weight: 2, arbitrary: fc.constant([]) };
  const some = (key: string) => ({
    weight: 1,
    arbitrary: fc.array(name, { maxLength: 4 }).map((names) => names.map((one): Parameter => [key, one])),
  });
  return fc.tuple(fc.oneof(none, some('field')), fc.oneof(none, some('nfield'))).map((both) => both.flat());
}

/** A whole list query. */
export function listQuery(asked: Asked): fc.Arbitrary<Parameters> {
  const { resource } = asked;
  return fc.tuple(conditions(asked), sorting(resource), window, projection(resource)).map((parts) => parts.flat());
}

/** A list query for the first of each group. */
export function groupQuery(asked: Asked): fc.Arbitrary<Parameters> {
  const { resource } = asked;
  const name = fc.constantFrom(...FILTER_KEYS[resource].filter((key) => key !== '_id'));
  const groups = fc
    .array(name, { minLength: 1, maxLength: 3 })
    .map((names) => names.map((one): Parameter => ['aggregate', one]));
  const fields = fc.array(name, { maxLength: 3 }).map((names) => names.map((one): Parameter => ['field', one]));
  return fc.tuple(conditions(asked), groups, sorting(resource), window, fields).map((parts) => parts.flat());
}

/** The query string; a blank is now a plus sign, now its code. */
export function queryString(parameters: Parameters): string {
  return parameters
    .map(([name, value], index) => {
      const text = `${encodeURIComponent(name)}=${encodeURIComponent(value)}`;
      return index % 2 === 0 ? text : text.replaceAll('%20', '+');
    })
    .join('&');
}

import fc from 'fast-check';

/** Data at random in Freshmaker's import format: few ids and names, so that rows refer to each other. */

/** Texts that databases, JSON and SQL could get wrong. */
const text = fc.constantFrom('', 'a', 'A', 'ä', 'é😀"', "x'y", 'back\\slash', '%_', '\u2028', 'web-container', 'null');
const micros = fc.integer({ min: -9_000_000_000_000_000, max: 9_000_000_000_000_000 });
const time = fc.oneof(
  fc.constantFrom('2019-08-01T05:00:00Z', '1999-12-31T23:59:59.999999Z', '2019-08-01T07:00:00.25+02:00'),
  micros.map((value) =>
    new Date(Math.floor(value / 1000))
      .toISOString()
      .replace('Z', `${String(Math.abs(value % 1000)).padStart(3, '0')}Z`),
  ),
);
const json = fc.jsonValue({ maxDepth: 3 });
const object = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', '10', 'ü'), json);
const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
const integer = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });

const IDS = 12;

function eventOf(id: number): fc.Arbitrary<object> {
  const required = {
    id: fc.constant(id),
    message_id: text.map((message) => `${message}-${id}`),
    search_key: text,
    event_type_id: fc.oneof(fc.integer({ min: -1, max: 20 }), integer),
    state: fc.nat(5),
  };
  const optional = {
    state_reason: nullable(text),
    time_created: nullable(time),
    time_started: nullable(time),
    time_done: nullable(time),
    dry_run: nullable(fc.boolean()),
    requester: nullable(text),
    requested_rebuilds: fc.array(text, { maxLength: 3 }),
    requester_metadata: json,
    depends_on_events: fc.array(fc.nat(IDS - 1), { maxLength: 3 }),
  };
  return fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) as (keyof typeof required)[] });
}

/** Builds depend on earlier ones, so that there are no circles. */
function buildOf(id: number): fc.Arbitrary<object> {
  const required = {
    id: fc.constant(id),
    event_id: fc.nat(IDS - 1),
    name: text,
    type: fc.nat(3),
    state: fc.nat(4),
    time_submitted: time,
  };
  const optional = {
    state_reason: nullable(text),
    original_nvr: nullable(text),
    rebuilt_nvr: nullable(text),
    dep_on_id: id === 0 ? fc.constant(null) : nullable(fc.nat(id - 1)),
    build_id: nullable(integer),
    time_started: nullable(time),
    time_completed: nullable(time),
    build_args: json,
    odcs_composes: fc.array(integer, { maxLength: 3 }),
    rebuild_reason: text,
    bundle_pullspec_overrides: nullable(object),
  };
  return fc.record({ ...required, ...optional }, { requiredKeys: Object.keys(required) as (keyof typeof required)[] });
}

const names = fc.uniqueArray(text, { maxLength: 4 });
const permission = (role: string) => fc.record({ role: fc.constant(role), users: names, groups: names });
const texts = fc.array(text, { maxLength: 3 });

const repository = fc.record({
  registry: text,
  repository: text,
  release_categories: texts,
  published: fc.boolean(),
  auto_rebuild_tags: nullable(texts),
});
const image = fc.record({
  nvr: text,
  architecture: nullable(text),
  content_sets: texts,
  repositories: fc.array(fc.record({ registry: text, repository: text, published: fc.boolean(), tags: texts }), {
    maxLength: 3,
  }),
});

/** A whole file; all ids below 12 exist. */
export const freshmakerDump: fc.Arbitrary<object> = fc.record({
  events: fc
    .tuple(...Array.from({ length: IDS }, (_, id) => eventOf(id)))
    .chain((rows) => fc.shuffledSubarray(rows, { minLength: IDS })),
  builds: fc
    .tuple(...Array.from({ length: IDS }, (_, id) => buildOf(id)))
    .chain((rows) => fc.shuffledSubarray(rows, { minLength: IDS })),
  permissions: fc
    .tuple(permission('admin'), permission('manual_rebuilder'), permission('freshmaker_async_rebuilders'))
    .chain((rows) => fc.subarray(rows)),
  repositories: fc.uniqueArray(repository, { maxLength: 6, selector: (row) => `${row.registry}/${row.repository}` }),
  images: fc.uniqueArray(image, { maxLength: 6, selector: (row) => `${row.nvr}/${row.architecture ?? ''}` }),
});

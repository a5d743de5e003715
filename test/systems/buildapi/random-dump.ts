import fc from 'fast-check';

/** Data at random in buildapi's import format: few ids and names, so that rows refer to each other. */

/** Texts that databases, JSON and SQL could get wrong. */
const text = fc.constantFrom('', 'a', 'A', 'ä', 'é😀"', "x'y", 'back\\slash', '%_', '\u2028', 'projects/ash', 'elm-x');
const reason = fc.constantFrom('', 'scheduler', 'Self-serve: Rebuilt by kim', 'Self-serve: Requested by ä\nb');
const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
const seconds = fc.oneof(fc.integer({ min: -10, max: 2_000_000_000 }), fc.constant(1_433_160_000.75));
const json = fc.jsonValue({ maxDepth: 3 });
const object = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', '10', 'ü'), json);
const integer = fc.integer({ min: -(2 ** 53) + 1, max: 2 ** 53 - 1 });
const BRANCHES = ['ash', 'ashes', 'elm', 'ü'];

const IDS = 8;
const id = fc.nat(IDS - 1);

/** Rows with the ids 0 to 7, in any order. */
function numbered(rowOf: (id: number) => fc.Arbitrary<object>): fc.Arbitrary<object[]> {
  return fc
    .tuple(...Array.from({ length: IDS }, (_, number) => rowOf(number)))
    .chain((rows) => fc.shuffledSubarray(rows, { minLength: IDS }));
}

const branch = (name: string): fc.Arbitrary<object> =>
  fc
    .tuple(text, fc.dictionary(fc.constantFrom('repo_type', 'graph_branches', '10', '__proto__'), json))
    .map(([repo, more]) => ({ ...more, name, repo }));

const change = (changeid: number): fc.Arbitrary<object> =>
  fc.record(
    {
      changeid: fc.constant(changeid),
      author: text,
      when_timestamp: seconds,
      branch: nullable(fc.oneof(text, fc.constantFrom(...BRANCHES))),
      revision: nullable(text),
      comments: nullable(text),
      revlink: nullable(text),
      category: nullable(text),
      files: nullable(fc.array(text, { maxLength: 3 })),
    },
    { requiredKeys: ['changeid', 'author', 'when_timestamp'] },
  );

const request = (request_id: number): fc.Arbitrary<object> =>
  fc.record(
    {
      request_id: fc.constant(request_id),
      buildername: text,
      submittime: seconds,
      branch: nullable(fc.oneof(text, fc.constantFrom(...BRANCHES))),
      revision: nullable(text),
      complete: fc.nat(1),
      complete_at: nullable(seconds),
      priority: fc.integer(),
      claimed_at: nullable(fc.constantFrom(0, 1_433_160_020)),
      reason: nullable(reason),
      properties: nullable(object),
      results: nullable(fc.nat(6)),
      claimed_by_name: nullable(text),
      claimed_by_incarnation: nullable(text),
      change_ids: nullable(fc.array(id, { maxLength: 3 })),
      buildsetid: nullable(integer),
    },
    { requiredKeys: ['request_id', 'buildername', 'submittime'] },
  );

const build = (build_id: number): fc.Arbitrary<object> =>
  fc.record(
    {
      build_id: fc.constant(build_id),
      request_id: id,
      buildnumber: integer,
      starttime: seconds,
      endtime: nullable(seconds),
      status: nullable(fc.nat(6)),
      claimed_by_name: nullable(text),
      slavename: nullable(text),
    },
    { requiredKeys: ['build_id', 'request_id', 'buildnumber', 'starttime'] },
  );

const completion = fc.oneof(
  json,
  fc.record({ request_id: id, body: fc.record({ errors: fc.oneof(fc.boolean(), fc.constant(1)), msg: json }) }),
  fc.constant({ body: { errors: true, msg: 'a\0b\uD800' } }),
);

const job = (job_id: number): fc.Arbitrary<object> =>
  fc.record(
    {
      job_id: fc.constant(job_id),
      action: text,
      who: text,
      when: seconds,
      what: object,
      completed_at: nullable(seconds),
      complete_data: nullable(completion),
    },
    { requiredKeys: ['job_id', 'action', 'who', 'when', 'what'] },
  );

/** A whole file; all ids below 8 exist. */
export const buildapiDump: fc.Arbitrary<object> = fc.subarray(BRANCHES, { minLength: 1 }).chain((names) =>
  fc.record({
    branches: fc.tuple(...names.map(branch)),
    builders: fc.array(fc.record({ name: text, branch: fc.constantFrom(...names) }), { maxLength: 5 }),
    changes: numbered(change),
    requests: numbered(request),
    builds: numbered(build),
    jobs: numbered(job),
  }),
);

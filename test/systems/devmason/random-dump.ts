import fc from 'fast-check';

/** Data at random in Devmason's import format: few names, so that rows refer to each other. */

/** Texts that databases, JSON and SQL could get wrong. */
const text = fc.constantFrom('', 'a', 'A', 'ä', 'é😀"', "x'y", 'back\\slash', '%_', '\u2028', 'genie');
const SLUGS = ['lamp-shop', 'carpet', 'Ä_1'];
const slug = fc.constantFrom(...SLUGS);
const username = fc.constantFrom('genie', 'jafar', 'abu x', 'ä@b');
const nullable = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | null> => fc.option(value);
const json = fc.jsonValue({ maxDepth: 3 });
const time = fc.constantFrom(
  'Tue, 20 Oct 2009 10:20:00 -0500',
  '20 Oct 2009 15:20 EST',
  '2009-10-20T10:20:00.123456+05:45',
  '2009-10-20 10:20:00',
  '1969-12-31T23:59:59.999999-23:59',
);

const HEX = 'a'.repeat(40);
const password = fc.constantFrom(
  null,
  '',
  '!',
  `sha1$3f2a1$${HEX}`,
  `md5$c0bra$${HEX.slice(8)}`,
  'scrypt$16384$8$5$c2FsdHNhbHRzYWx0c2FsdA==$aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g=',
);

const step = fc
  .tuple(
    fc.record(
      {
        success: fc.boolean(),
        name: text,
        started: nullable(time),
        finished: nullable(time),
        output: nullable(fc.oneof(text, fc.constant('\0\uD800'))),
        errout: nullable(text),
      },
      { requiredKeys: ['success', 'name'] },
    ),
    fc.dictionary(fc.constantFrom('exit', '10', '__proto__', 'received', 'ü'), json),
  )
  .map(([known, more]) => ({ ...more, ...known }));

const client = fc
  .record({ user: fc.oneof(text, username, json), more: fc.dictionary(fc.constantFrom('cores', '10', 'ü'), json) })
  .map(({ user, more }) => ({ ...more, host: 'h', arch: 'a', user }));

const outcome = fc.oneof(
  fc.record({ success: fc.boolean(), finished: time }),
  fc.record({ success: fc.boolean(), finished: time, incremental: fc.boolean() }),
  fc.record({ success: nullable(fc.boolean()), finished: nullable(time), incremental: fc.constant(true) }),
);

const id = fc.oneof(fc.nat(12), fc.nat(12).map(String), fc.constantFrom('007', 'a', 'b-1', `1${'0'.repeat(20)}`));

const build = fc
  .tuple(
    fc.record({ project: slug, id, started: time, client }),
    outcome,
    fc.record({ tags: fc.array(fc.constantFrom('nightly', 'py2.6', ' x ,y', ''), { maxLength: 4 }) }),
    fc.record({ results: fc.array(step, { maxLength: 4 }) }),
    fc.record({ reporter: nullable(fc.oneof(username, fc.constant(''))) }, { requiredKeys: [] }),
    fc.record({ received: time, reporter_gone: text }, { requiredKeys: [] }),
  )
  .map((parts) => Object.assign({}, ...parts) as { project: string; id: string | number });

/** The ids of build requests follow their place, so that no two are the same. */
const requests = fc
  .array(
    fc.record(
      {
        project: slug,
        identifier: text,
        requested: time,
        repository: nullable(
          fc.record({
            url: fc.constantFrom('git://a', 'svn://ä'),
            type: fc.constantFrom('none', 'git', 'svn', 'hg', 'bzr'),
          }),
        ),
      },
      { requiredKeys: ['project', 'identifier', 'requested'] },
    ),
    { maxLength: 6 },
  )
  .map((rows) => rows.map((row, index) => ({ ...row, id: 100 - index * 7 })));

/** A whole file. */
export const devmasonDump: fc.Arbitrary<object> = fc.record({
  users: fc.uniqueArray(fc.record({ username, password }), { maxLength: 3, selector: (row) => row.username }),
  projects: fc.tuple(
    ...SLUGS.map((name) =>
      fc.record(
        { slug: fc.constant(name), name: text, owner: nullable(fc.oneof(username, fc.constant(''))) },
        { requiredKeys: ['slug', 'name'] },
      ),
    ),
  ),
  builds: fc.uniqueArray(build, { maxLength: 15, selector: (row) => `${row.project}/${row.id}` }),
  build_requests: requests,
});

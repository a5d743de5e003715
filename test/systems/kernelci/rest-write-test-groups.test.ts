import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { BUILD, TEST_GROUP } from './write-bodies.js';
import { found, only, write, written } from './write-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const post = (body: object): Promise<any> => written(server, 'POST', '/test/group', body);
const OID = { $oid: expect.stringMatching(/^[0-9a-f]{24}$/) };

describe('POST /test/group', () => {
  it.each(['/test', '/tests/', '/test/group', '/tests/groups'])('stores a test group: %s', async (path) => {
    const name = `group${path.replaceAll('/', '-')}end`;
    const reply = await write(server, 'POST', path, { ...TEST_GROUP, name, foo: 1 });
    expect([reply.status, reply.json]).toEqual([
      201,
      {
        code: 201,
        result: [{ _id: OID }],
        reason: `Test group '${name}' created`,
        errors: ['Found non recognizable keys, they will not be considered: foo'],
      },
    ]);
    const id = reply.json.result[0]._id.$oid;
    expect(reply.headers.location).toBe(`/kernelci/test/group/${id}`);
    expect((await server.read(`/test/group/${id}`)).result).toEqual([await only(server, `/test/group?name=${name}`)]);
  });

  it('keeps what is told, with its job and its build', async () => {
    const kernel = 'tests-1';
    await written(server, 'POST', '/build', { ...BUILD, kernel, build_environment: 'gcc-8', git_commit: 'abc' });
    const [job, build] = [await only(server, `/job?kernel=${kernel}`), await only(server, `/build?kernel=${kernel}`)];
    const told = {
      board: 'juno',
      board_instance: 'juno-1',
      device_type: 'juno-r2',
      dtb: 'd',
      endian: 'little',
      mach: 'arm',
      file_server_resource: 'r',
      file_server_url: 'u',
      git_describe: 'g',
      git_url: 'git://t',
      image_type: 'i',
      index: 3,
      initrd: 'rd',
      initrd_info: 'info',
      kernel_image: 'Image',
      metadata: { a: 1 },
      modules: 'm',
      plan: 'camera',
      plan_variant: 'v',
      version: '1.2',
      warnings: 4,
      defconfig_full: 'defconfig',
    };
    const time = 2.5;
    await post({ ...TEST_GROUP, kernel, ...told, time, boot_id: oidOf(50), parent_id: { $oid: oidOf(60) } });
    expect(await only(server, `/test/group?kernel=${kernel}`)).toMatchObject({
      ...TEST_GROUP,
      ...told,
      kernel,
      git_commit: 'abc',
      time: { $date: 2500 },
      boot_id: { $oid: oidOf(50) },
      parent_id: { $oid: oidOf(60) },
      job_id: job._id,
      build_id: build._id,
      test_cases: [],
      sub_groups: [],
    });
  });

  it('stores test cases and groups in it with copies of its identification', async () => {
    const kernel = 'tests-2';
    await post({
      ...TEST_GROUP,
      kernel,
      plan: 'camera',
      mach: 'arm',
      device_type: 'juno-r2',
      git_commit: 'abc',
      test_cases: [
        { name: 'open', status: 'PASS', measurements: [{ value: 1.5, unit: 's' }], time: 0.5 },
        { name: 'close', status: 'FAIL', log_lines: ['oops'] },
        { name: 'blank' },
      ],
      sub_groups: [{ name: 'inner', test_cases: [{ name: 'deep', status: 'SKIP' }], sub_groups: [{ name: 'empty' }] }],
    });
    const groups = await found(server, `/test/group?kernel=${kernel}&sort=name&sort_order=1`);
    const [empty, inner, outer] = groups;
    expect(groups.map(({ name }) => name)).toEqual(['empty', 'inner', 'lc-compliance']);
    expect([outer.sub_groups, inner.sub_groups, empty.sub_groups]).toEqual([[inner._id], [empty._id], []]);
    expect([inner.parent_id, empty.parent_id, inner.lab_name]).toEqual([outer._id, inner._id, 'lab-x']);
    const cases = await found(server, `/test/case?kernel=${kernel}`);
    const of = (group: any) => cases.filter(({ test_group_id }) => test_group_id.$oid === group._id.$oid);
    expect(of(outer).map(({ _id }) => _id)).toEqual(outer.test_cases);
    expect(of(outer).map(({ name, status, index }) => [name, status, index])).toEqual([
      ['open', 'PASS', 1],
      ['close', 'FAIL', 2],
      ['blank', 'UNKNOWN', 3],
    ]);
    expect(of(outer)[0]).toMatchObject({
      test_case_path: 'lc-compliance.open',
      plan: 'camera',
      measurements: [
        {
          value: 1.5,
          unit: 's',
        },
      ],
      time: { $date: 500 },
      job: 'next',
      kernel,
      git_branch: 'master',
      git_commit: 'abc',
      arch: 'arm64',
      build_environment: 'gcc-8',
      defconfig_full: 'defconfig',
      device_type: 'juno-r2',
      lab_name: 'lab-x',
      mach: 'arm',
    });
    expect(of(inner)).toMatchObject([{ name: 'deep', status: 'SKIP', test_case_path: 'lc-compliance.inner.deep' }]);
  });

  it('stores every report anew', async () => {
    for (let count = 0; count < 2; count += 1) await post({ ...TEST_GROUP, kernel: 'tests-3' });
    expect(await found(server, '/test/group?kernel=tests-3')).toHaveLength(2);
  });

  it.each(['.x', 'x-', 'a b', 'a/b', 'a=b', '', 'é', 'x\n', null, {}, ['a']])(
    'with the name %j is refused',
    async (name) => {
      const before = (await found(server, '/test/group')).length;
      expect(await post({ ...TEST_GROUP, name })).toEqual({ code: 400, reason: 'Test group name not valid' });
      expect(await post({ ...TEST_GROUP, sub_groups: [{ name }] })).toMatchObject({ code: 400 });
      expect(await found(server, '/test/group')).toHaveLength(before);
    },
  );

  it.each([
    [{ arch: null }, 'Test group not valid: no value for arch'],
    [{ job: null, lab_name: [] }, 'Test group not valid: no value for job, lab_name'],
  ])('with %j is refused: %s', async (more, reason) => {
    expect(await post({ ...TEST_GROUP, ...more })).toEqual({ code: 400, reason });
  });

  it.each([[{ job: 'a\0' }], [{ sub_groups: [{ name: 'a', sub_groups: 'x' }] }], [{ test_cases: [{}] }]])(
    'with %j is refused and nothing is stored',
    async (more) => {
      const before = (await found(server, '/test/group')).length;
      expect((await post({ ...TEST_GROUP, ...more })).code).toBe(400);
      expect(await found(server, '/test/group')).toHaveLength(before);
    },
  );

  it('takes a token of a test lab', async () => {
    const made = await written(server, 'POST', '/token', { email: 'x@example.org', test_lab: 1 });
    const as = made.result[0].token;
    expect((await write(server, 'POST', '/test', { ...TEST_GROUP, kernel: 'tests-4' }, { as })).status).toBe(201);
    expect((await write(server, 'POST', '/test', TEST_GROUP, { as: TOKENS.poster })).status).toBe(403);
  });

  it('with many cases takes a fixed number of statements', async () => {
    const statements: string[] = [];
    const counted = await KernelciServer.start({ onStatement: (text) => void statements.push(text) });
    try {
      const count = async (size: number): Promise<number> => {
        const test_cases = Array.from({ length: size }, (_, index) => ({ name: `case-${index}`, status: 'PASS' }));
        statements.length = 0;
        expect((await written(counted, 'POST', '/test', { ...TEST_GROUP, test_cases })).code).toBe(201);
        return statements.length;
      };
      await count(1);
      const few = await count(1);
      expect((await count(400)) - few).toBeLessThan(10);
    } finally {
      await counted.close();
    }
  });
});

describe('what is not there any more', () => {
  it.each([
    ['POST', '/test/case'],
    ['PUT', `/test/case/${oidOf(70)}`],
    ['DELETE', `/tests/cases/${oidOf(70)}`],
    ['PUT', `/test/group/${oidOf(60)}`],
    ['DELETE', `/test/group/${oidOf(60)}`],
  ])('%s %s is 501', async (method, path) => {
    expect(await written(server, method, path)).toEqual({ code: 501 });
  });
});

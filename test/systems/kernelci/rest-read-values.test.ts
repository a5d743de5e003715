import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNELCI_IMPORT, oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const UNKNOWN = oidOf(999);
const NOT_HEX = 'zzzzzzzzzzzzzzzzzzzzzzzz';

describe('one document', () => {
  it.each([
    [`/job/${oidOf(30)}`, KERNELCI_IMPORT.job[0]],
    [`/jobs/${oidOf(31)}/`, KERNELCI_IMPORT.job[1]],
    [`/build/${oidOf(41)}`, KERNELCI_IMPORT.build[1]],
    [`/defconfig/${oidOf(41)}`, KERNELCI_IMPORT.build[1]],
    [`/boot/${oidOf(51).toUpperCase()}`, KERNELCI_IMPORT.boot[1]],
    [`/job/${oidOf(30)}/logs`, KERNELCI_IMPORT.job_logs[0]],
    [`/build/${oidOf(41)}/logs`, KERNELCI_IMPORT.build_logs[0]],
    [`/test/group/${oidOf(61)}`, KERNELCI_IMPORT.test_group[1]],
    [`/test/case/${oidOf(70)}`, KERNELCI_IMPORT.test_case[0]],
    [`/tests/regressions/${oidOf(80)}`, KERNELCI_IMPORT.test_regression[0]],
    [`/lab/${oidOf(20)}`, KERNELCI_IMPORT.lab[0]],
    [`/token/${TOKENS.reader}`, KERNELCI_IMPORT.token[0]],
  ])('%s is {"code":200,"result":[document]}', async (path, document) => {
    expect(await server.read(path, { as: TOKENS.admin })).toEqual({ code: 200, result: [document] });
  });

  it.each([
    [`/job/${UNKNOWN}`, UNKNOWN],
    [`/build/${oidOf(30)}`, oidOf(30)],
    [`/boot/${oidOf(60)}`, oidOf(60)],
    [`/test/group/${oidOf(50)}`, oidOf(50)],
    [`/job/${oidOf(31)}/logs`, oidOf(31)],
    [`/build/${UNKNOWN}/logs`, UNKNOWN],
    [`/boot/${oidOf(50)}/regressions`, oidOf(50)],
    [`/lab/${UNKNOWN}`, UNKNOWN],
    ['/token/nobody%20has', 'nobody has'],
    [`/token/${oidOf(1)}`, oidOf(1)],
    ['/token/a%00b', 'a\0b'],
  ])('%s is not there: 404', async (path, id) => {
    const reason = `Resource '${id}' not found`;
    expect(await server.read(path, { as: TOKENS.admin })).toEqual({ code: 404, reason });
  });

  it.each([
    `/job/${NOT_HEX}`,
    `/build/${NOT_HEX}`,
    `/boot/${NOT_HEX}`,
    `/job/${NOT_HEX}/logs`,
    `/build/${NOT_HEX}/logs`,
    `/boot/${NOT_HEX}/regressions`,
    '/lab/anything',
    '/test/group/anything',
    '/test/case/distinct',
    `/test/regression/${NOT_HEX}`,
  ])('%s is no id: 400', async (path) => {
    const reason = 'Wrong ID value provided';
    expect(await server.read(path, { as: TOKENS.admin })).toEqual({ code: 400, reason });
  });
});

describe('distinct', () => {
  it.each([
    ['/job/distinct/job', ['mainline', 'next']],
    ['/jobs/distinct/kernel?job=next', ['next-20150116', 'next-20150119']],
    ['/job/distinct/kernel_version', ['3.19-rc4', '3.19-rc5', null]],
    ['/job/distinct/compiler', ['gcc', null]],
    ['/job/distinct/git_describe_v?limit=x&skip=-1&sort_order=x&sort=a&field=b', [null]],
    ['/build/distinct/arch', ['arm', 'arm64', 'x86']],
    ['/build/distinct/arch?status=FAIL', ['arm64']],
    ['/build/distinct/build_environment', ['clang-10', 'gcc-8', null]],
    ['/boot/distinct/lab_name', ['lab-x', 'lab-y']],
    ['/boot/distinct/endian/', ['little', null]],
    ['/boot/distinct/board?gte=warnings,7', ['juno', 'qemu']],
    ['/boot/distinct/job?created_on=2014-01-01', []],
    ['/test/group/distinct/name', ['camera', 'lc-compliance']],
    ['/test/group/distinct/build_id', [{ $oid: oidOf(40) }]],
    ['/test/case/distinct/test_group_id', [{ $oid: oidOf(61) }]],
    ['/tests/cases/distinct/mach', ['vexpress']],
  ])('%s has the unique values and their number', async (path, values) => {
    const { result, ...rest } = await server.read(path);
    expect(rest).toEqual({ code: 200, count: values.length });
    expect(result.map((value: unknown) => JSON.stringify(value)).sort()).toEqual(
      values.map((value) => JSON.stringify(value)).sort(),
    );
  });

  it.each([
    '/job/distinct/status',
    '/job/distinct/nothing',
    '/job/distinct/__proto__',
    '/build/distinct/board',
    '/boot/distinct/compiler',
    '/test/case/distinct/name',
    '/test/case/count/distinct/name',
  ])('%s is not allowed: 400', async (path) => {
    expect(await server.read(path)).toEqual({ code: 400, reason: 'No field specified or field not valid' });
  });

  it('of tests may be counted', async () => {
    const groups = { code: 200, result: [{ count: 2, field: 'name' }] };
    expect(await server.read('/test/group/count/distinct/name')).toEqual(groups);
    const cases = { code: 200, result: [{ count: 0, field: 'job' }] };
    expect(await server.read('/test/case/count/distinct/job?name=nope')).toEqual(cases);
  });
});

describe('count', () => {
  const totals = async (query: string): Promise<number[]> =>
    (await server.read(`/count${query}`)).result.map(({ count }: any) => count);

  it('has one entry for each collection, in this order', async () => {
    expect(await server.read('/count')).toEqual({
      code: 200,
      result: [
        { collection: 'boot', count: 4 },
        { collection: 'build', count: 5 },
        { collection: 'job', count: 4 },
        { collection: 'test_case', count: 2 },
        { collection: 'test_group', count: 2 },
        { collection: 'test_regression', count: 1 },
      ],
    });
  });

  it.each([
    ['build', 'build', 5],
    ['test_case/', 'test_case', 2],
    ['defconfig', 'build', 5],
    ['boots', 'boot', 4],
    ['build?arch=arm64&limit=1&skip=x', 'build', 3],
    ['job?compiler=gcc', 'job', 1],
    ['boot?lab_name=lab-x&gte=warnings,1', 'boot', 1],
  ])('of %s', async (path, collection, count) => {
    expect(await server.read(`/count/${path}`)).toEqual({ code: 200, result: [{ collection, count }] });
  });

  it.each([
    ['?job=next', [3, 3, 2, 2, 2, 1]],
    ['?board=juno', [2, 0, 0, 0, 2, 0]],
    ['?board=null', [0, 5, 4, 2, 0, 1]],
    ['?test_case_id=nonsense', [4, 5, 4, 2, 2, 1]],
    [`?test_case_id=${oidOf(70)}`, [0, 0, 0, 0, 0, 0]],
    ['?status=FAIL', [1, 1, 1, 1, 0, 0]],
    ['?private=true', [0, 0, 1, 0, 0, 0]],
    ['?created_on=2015-01-19', [0, 1, 2, 0, 0, 0]],
    [`?_id=${oidOf(30)}`, [0, 0, 1, 0, 0, 0]],
    ['?foo=bar', [4, 5, 4, 2, 2, 1]],
  ])('%s applies to all; what a collection does not have matches nothing', async (query, expected) => {
    expect(await totals(query)).toEqual(expected);
  });

  it.each(['foobar', 'lab', 'token', 'statistics', 'a b', '__proto__'])('of %s is 404', async (name) => {
    const reason = `Collection ${name} not found`;
    expect(await server.read(`/count/${encodeURIComponent(name)}`)).toEqual({ code: 404, reason });
  });
});

describe('a batch', () => {
  it('answers counts flat and collections nested, with the operation ids as they were', async () => {
    const result = await server.batch([
      { method: 'GET', operation_id: ['a', 1], resource: 'count', document: 'build', query: 'arch=arm64' },
      { method: 'GET', operation_id: null, resource: 'job', query: '?job=next&&limit=1&field=kernel&sort=kernel' },
      { method: 'GET', resource: 'boot', query: 'lab_name=lab-y&field=board&nfield=_id' },
      { method: 'GET', operation_id: 'groups', resource: 'build', query: 'aggregate=arch&field=job&sort=arch&limit=1' },
      { method: 'GET', operation_id: 'values', resource: 'build', distinct: 'arch', query: 'status=FAIL' },
      { method: 'GET', operation_id: 'number', resource: 'count', document: 'boot', distinct: 'board' },
      {
        method: 'GET',
        operation_id: 'one',
        resource: 'test_case',
        document: oidOf(70),
        query: 'field=name&nfield=_id',
      },
    ]);
    expect(result).toEqual([
      { operation_id: ['a', 1], result: [{ collection: 'build', count: 3 }] },
      {
        operation_id: null,
        result: [{ result: [{ _id: { $oid: oidOf(31) }, kernel: 'next-20150119' }], count: 2, limit: 1 }],
      },
      { result: [{ result: [{ board: 'juno' }], count: 1, limit: 0 }] },
      { operation_id: 'groups', result: [{ _id: { arch: 'x86' }, job: 'mainline' }] },
      { operation_id: 'values', result: [{ result: ['arm64'], count: 1 }] },
      { operation_id: 'number', result: [{ field: 'board', count: 3, resource: 'boot' }] },
      { operation_id: 'one', result: [{ name: 'open' }] },
    ]);
  });

  it('counts everything without a document', async () => {
    const [{ result }] = await server.batch([{ method: 'GET', resource: 'count' }]);
    expect(result).toEqual((await server.read('/count')).result);
  });

  it('keeps plus signs', async () => {
    const query = 'defconfig_full=multi_v7_defconfig+CONFIG_CPU_BIG_ENDIAN%3Dy';
    const [{ result }] = await server.batch([{ method: 'GET', resource: 'defconfig', query }]);
    expect(result[0].count).toBe(1);
  });

  it.each([
    [{ method: 'GET', resource: 'foobar', operation_id: 1 }, null],
    [{ method: 'GET' }, null],
    [
      { resource: 'job', operation_id: 1 },
      { operation_id: 1, result: [] },
    ],
    [{ method: 'POST', resource: 'job' }, { result: [] }],
    [{ method: 'GET', resource: 'job', distinct: 'status' }, { result: [] }],
    [{ method: 'GET', resource: 'count', document: 'job', distinct: 'status' }, { result: [] }],
    [{ method: 'GET', resource: 'count', document: 'foobar' }, { result: [] }],
    [{ method: 'GET', resource: 'job', document: oidOf(999) }, { result: [] }],
    [{ method: 'GET', resource: 'job', document: 'nonsense' }, { result: [] }],
    [{ method: 'GET', resource: 'job', query: 'limit=x' }, { result: [] }],
    [{ method: 'GET', resource: 'test_regression', distinct: 'job' }, { result: [] }],
  ])('%j finds nothing', async (operation, entry) => {
    expect(await server.batch([operation, { method: 'GET', resource: 'count', document: 'job' }])).toEqual([
      entry,
      { result: [{ collection: 'job', count: 4 }] },
    ]);
  });

  const post = (body: string | Buffer, type: string | undefined) =>
    server.send('POST', '/batch', {
      as: TOKENS.poster,
      body,
      headers: type === undefined ? {} : { 'Content-Type': type },
    });

  it.each(['text/plain', undefined, 'multipart/form-data'])('of the type %s is 415', async (type) => {
    const { status, json } = await post('{"batch":[{}]}', type);
    expect([status, json]).toEqual([415, { code: 415, reason: 'Wrong content type defined' }]);
  });

  it.each(['', '{', 'batch', Buffer.from([0x22, 0xff, 0x22])])('that is not JSON is 422: %s', async (body) => {
    const { status, json } = await post(body, 'application/json; charset=latin1');
    expect([status, json]).toEqual([422, { code: 422, reason: 'No JSON data found in the POST request' }]);
  });

  it.each(['null', '[]', '5', '{}', '{"batch":[]}', '{"batch":{}}', '{"batch":[1]}', '{"batch":[{"limit":1}]}'])(
    '%s is 400 without errors',
    async (body) => {
      const { status, json } = await post(body, 'application/json');
      expect([status, json]).toEqual([400, { code: 400, reason: 'Provided JSON is not valid' }]);
    },
  );

  it('echoes numbers of any size', async () => {
    const body = '{"batch":[{"method":"GET","resource":"count","document":"job","operation_id":12345678901234567890}]}';
    const { text } = await post(body, 'application/json');
    expect(text).toContain('"operation_id":12345678901234567890,');
  });
});

it('the version is open to all', async () => {
  const { code, result } = await server.read('/version', { as: null });
  expect([code, Object.keys(result[0])]).toEqual([200, ['version', 'full_version']]);
});

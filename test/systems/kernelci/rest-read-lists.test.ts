import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNELCI_IMPORT, oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const ids = (...numbers: number[]) => numbers.map(oidOf);

describe('a list', () => {
  it('has code, count, limit, skip and the whole documents, in the order of insertion', async () => {
    const { code, count, limit, skip, result, ...rest } = await server.read('/job');
    expect({ code, count, limit, skip, rest }).toEqual({ code: 200, count: 4, limit: 0, skip: 0, rest: {} });
    expect(result).toEqual(KERNELCI_IMPORT.job);
  });

  it('keeps unknown members and numbers of any size', async () => {
    const { text } = await server.get('/build?limit=1');
    expect(text).toContain('"unknown":{"nested":[1.5,null]},"huge":12345678901234567890123');
  });

  it('that finds nothing is 200 with an empty list', async () => {
    expect(await server.read('/boot?job=nope&limit=5&skip=2')).toEqual({
      code: 200,
      count: 0,
      limit: 5,
      skip: 2,
      result: [],
    });
  });

  it.each([
    ['/jobs', 4],
    ['/job/', 4],
    ['/defconfig', 5],
    ['/defconfigs/', 5],
    ['/builds', 5],
    ['/boots', 4],
    ['/test/group', 2],
    ['/tests/groups/', 2],
    ['/test/cases', 2],
    ['/tests/regression', 1],
    ['/build/logs', 1],
    ['/defconfig/logs', 1],
    ['/jobs/logs/', 1],
    ['/statistics', 2],
    ['/boot/regressions', 0],
  ])('%s may be written so: %d documents', async (path, count) => {
    expect((await server.read(path)).count).toBe(count);
  });

  it.each([
    ['limit=2', ids(30, 31), 2, 0],
    ['limit=2&skip=1', ids(31, 32), 2, 1],
    ['limit=-2', ids(30, 31), 2, 0],
    ['limit=100', ids(30, 31, 32, 33), 100, 0],
    ['skip=3', ids(33), 0, 3],
    ['skip=9', [], 0, 9],
    ['limit=&skip=', ids(30, 31, 32, 33), 0, 0],
    ['limit=1&limit=3', ids(30, 31, 32), 3, 0],
  ])('%s: limit and skip choose, count counts all', async (query, found, limit, skip) => {
    const answer = await server.read(`/job?${query}`);
    expect(answer.result.map(({ _id }: any) => _id.$oid)).toEqual(found);
    expect([answer.count, answer.limit, answer.skip]).toEqual([4, limit, skip]);
  });

  it('shows limits of any size', async () => {
    const { text } = await server.get('/job?limit=99999999999999999999&skip=88888888888888888888');
    expect(text).toBe('{"code":200,"count":4,"limit":99999999999999999999,"skip":88888888888888888888,"result":[]}');
  });

  it.each([
    ['limit=abc', "Wrong value provided for 'limit': abc"],
    ['skip=-1', "Wrong value provided for 'skip': -1"],
    ['sort=job&sort_order=up%0d%0ax', "Wrong value provided for 'sort_order': up\r\nx"],
  ])('%s is 400 with the name and text as sent', async (query, reason) => {
    expect(await server.read(`/job?${query}`)).toEqual({ code: 400, reason });
  });

  it.each(['job=%ff', 'unknown=%C3', 'field=%ff'])('%s is no UTF-8: 400', async (query) => {
    expect(await server.read(`/job?${query}`)).toEqual({ code: 400, reason: 'Bad Request' });
  });
});

describe('a filter', () => {
  it.each([
    ['/job?job=next', ids(30, 31)],
    ['/job?job=Next', []],
    ['/job?job=nex', []],
    ['/job?job=%20next%20', ids(30, 31)],
    ['/job?job=next&job=mainline', ids(30, 31, 32, 33)],
    ['/job?job=next&kernel=next-20150119', ids(31)],
    ['/job?job=&kernel=', ids(30, 31, 32, 33)],
    ['/job?foo=bar&job[]=x&job[$ne]=next', ids(30, 31, 32, 33)],
    ['/job?status=PASS&status=FAIL', ids(30, 32, 33)],
    ['/job?git_branch=local/fixes', ids(32)],
    ['/job?private=true', ids(31)],
    ['/job?private=0', ids(30, 32, 33)],
    ['/job?private=maybe', ids(30, 31, 32, 33)],
    ['/job?kernel_version=null', ids(31, 33)],
    ['/job?kernel_version=null&kernel_version=3.19-rc4', ids(30, 31, 33)],
    [`/job?_id=${oidOf(32)}`, ids(32)],
    [`/job?_id=${oidOf(32).toUpperCase()}`, ids(32)],
    [`/job?_id=${oidOf(99)}`, []],
    ['/job?_id=nonsense', ids(30, 31, 32, 33)],
    ['/build?defconfig_full=multi_v7_defconfig%2BCONFIG_CPU_BIG_ENDIAN%3Dy', ids(40)],
    ['/build?defconfig_full=multi_v7_defconfig+CONFIG_CPU_BIG_ENDIAN=y', []],
    ['/build?build_environment=null', ids(42)],
    ['/build?errors=3', ids(41)],
    ['/build?errors=0&errors=3', ids(40, 41, 42, 43, 44)],
    ['/build?errors=3&errors=many', ids(40, 41, 42, 43, 44)],
    ['/build?kernel_image_size=4123456', ids(40)],
    ['/build?modules=a%00b', []],
    [`/build?job_id=${oidOf(32)}`, ids(43, 44)],
    ['/boot?lab_name=lab-y', ids(51)],
    ['/boot?board=juno&lab_name=lab-x', ids(50)],
    ['/boot?boot_job_id=1234', ids(50)],
    ['/boot?endian=null', ids(52)],
    ['/boot?build_id=null', ids(53)],
    ['/boot?warnings=7', ids(51)],
    ['/boot?retries=2', ids(50)],
    ['/test/group?name=camera', ids(61)],
    ['/test/group?parent_id=null', ids(60)],
    ['/test/case?regression_id=null', ids(70)],
    ['/test/case?index=2', ids(71)],
    [`/test/case?test_group_id=${oidOf(61)}&status=FAIL`, ids(71)],
    ['/test/regression?plan=camera', ids(80)],
    ['/build/logs?errors_count=1', ids(90)],
    ['/build/logs?errors_count=2', []],
    ['/job/logs?kernel=next-20150116', ids(91)],
    [`/statistics?_id=${oidOf(96)}`, ids(96)],
  ])('%s', async (path, found) => {
    expect(await server.ids(path)).toEqual(found);
  });

  it.each([
    ['/job?created_on=2015-01-19', ids(31, 32)],
    ['/job?created_on=20150116', ids(30)],
    ['/job?created_on=2015-01-19&created_on=2015-01-16', ids(30)],
    ['/job?created_on=2015-02-30', ids(30, 31, 32, 33)],
    ['/job?date_range=0&created_on=2015-01-19', ids(31, 32)],
    ['/job?date_range=3&created_on=2015-01-19', ids(30, 31, 32)],
    ['/job?date_range=999999999&created_on=2015-01-19', ids(30, 31, 32)],
    ['/job?date_range=1', []],
    ['/job?time_range=60&created_on=2015-01-19', []],
    ['/job?gte=created_on,2015-01-19', ids(31, 32, 33)],
    [`/job?gte=created_on,${Date.parse('2015-01-19T23:59:59Z')}`, ids(33)],
    ['/job?lt=created_on,20150119', ids(30)],
    ['/job?gte=kernel,next-20150117&job=next', ids(31)],
    ['/build?gte=warnings,1&lt=warnings,3', ids(41, 42)],
    ['/build?gte=warnings,1&gte=warnings,3', ids(43, 44)],
    ['/build?gte=warnings,few&gte=warnings&gte=nothing,1', ids(40, 41, 42, 43, 44)],
    ['/build?gte=kernel_image_size,100', ids(40)],
    ['/test/regression?created_on=2014-01-01', ids(80)],
  ])('of time or range: %s', async (path, found) => {
    expect(await server.ids(path)).toEqual(found);
  });
});

describe('sorting', () => {
  it.each([
    ['/job?sort=kernel', ids(33, 32, 31, 30)],
    ['/job?sort=kernel&sort_order=1', ids(30, 31, 32, 33)],
    ['/job?sort=kernel&sort_order=5', ids(33, 32, 31, 30)],
    ['/job?sort=job&sort=created_on', ids(31, 30, 33, 32)],
    ['/job?sort=job', ids(30, 31, 32, 33)],
    ['/job?sort=kernel_version&sort_order=1', ids(31, 33, 30, 32)],
    ['/job?sort=kernel_version', ids(32, 30, 31, 33)],
    ['/job?sort=_id', ids(33, 32, 31, 30)],
    ['/job?sort=unknown', ids(30, 31, 32, 33)],
    ['/job?sort=compiler&sort_order=1', ids(31, 32, 33, 30)],
    ['/build?sort=warnings&limit=2', ids(44, 43)],
    ['/build?sort=kernel_image_size', ids(40, 44, 41, 42, 43)],
    ['/boot?sort=created_on&limit=2&skip=1', ids(51, 52)],
    ['/boot?sort=lab_name&sort_order=1', ids(50, 52, 53, 51)],
    ['/test/case?sort=index', ids(71, 70)],
  ])('%s', async (path, found) => {
    expect(await server.ids(path)).toEqual(found);
  });
});

describe('field and nfield', () => {
  it.each([
    ['field=kernel', { _id: { $oid: oidOf(30) }, kernel: 'next-20150116' }],
    ['field=kernel&field=job&nfield=job', { _id: { $oid: oidOf(30) }, kernel: 'next-20150116' }],
    ['field=kernel&nfield=_id', { kernel: 'next-20150116' }],
    ['field=unknown&field=', { _id: { $oid: oidOf(30) } }],
  ])('%s', async (query, document) => {
    expect((await server.read(`/job?limit=1&${query}`)).result).toEqual([document]);
    expect((await server.read(`/job/${oidOf(30)}?${query}`)).result).toEqual([document]);
  });
});

describe('aggregate', () => {
  it('groups: the first by the sort, in the order of the sort, without count and skip', async () => {
    expect(await server.read('/job?aggregate=job&sort=created_on&field=kernel&limit=10&skip=1')).toEqual({
      code: 200,
      limit: 10,
      result: [
        { _id: { job: 'mainline' }, kernel: 'v3.19-rc6' },
        { _id: { job: 'next' }, kernel: 'next-20150119' },
      ],
    });
  });

  it('shows whole documents without field', async () => {
    const [next, mainline] = [KERNELCI_IMPORT.job[0], KERNELCI_IMPORT.job[2]];
    expect((await server.read('/job?aggregate=job')).result).toEqual([
      { _id: { job: 'next' }, result: next },
      { _id: { job: 'mainline' }, result: mainline },
    ]);
  });

  it.each([
    ['/build?aggregate=arch&sort=warnings&limit=2', [{ arch: 'arm64' }, { arch: 'x86' }]],
    [
      '/build?aggregate=arch&aggregate=build_environment&sort=warnings&sort_order=1',
      [
        { arch: 'arm', build_environment: 'gcc-8' },
        { arch: 'arm64', build_environment: 'gcc-8' },
        { arch: 'arm64', build_environment: null },
        { arch: 'x86', build_environment: 'gcc-8' },
        { arch: 'arm64', build_environment: 'clang-10' },
      ],
    ],
    ['/build?aggregate=arch&status=FAIL', [{ arch: 'arm64' }]],
    ['/build?aggregate=unknown', [{ unknown: { nested: [1.5, null] } }, { unknown: null }]],
    ['/build?aggregate=unknown&limit=1', [{ unknown: { nested: [1.5, null] } }]],
    ['/boot?aggregate=lab_name&sort=lab_name', [{ lab_name: 'lab-y' }, { lab_name: 'lab-x' }]],
    ['/boot?aggregate=job_id&sort=created_on', [{ job_id: { $oid: oidOf(32) } }, { job_id: { $oid: oidOf(30) } }]],
    ['/test/case?aggregate=mach', [{ mach: 'vexpress' }]],
    ['/statistics?aggregate=daily_total_boots', [{ daily_total_boots: 1 }]],
    ['/build/logs?aggregate=arch', [{ arch: 'arm64' }]],
    ['/job?aggregate=&aggregate=job', [{ job: 'next' }, { job: 'mainline' }]],
  ])('%s', async (path, groups) => {
    expect((await server.read(path)).result.map(({ _id }: any) => _id)).toEqual(groups);
  });
});

describe('labs and tokens', () => {
  const admin = { as: TOKENS.admin };

  it('are listed whole, tokens with their values', async () => {
    expect((await server.read('/lab', admin)).result).toEqual(KERNELCI_IMPORT.lab);
    expect((await server.read('/tokens', admin)).result).toEqual(KERNELCI_IMPORT.token);
  });

  it.each([
    ['/lab?name=lab-y', ids(21)],
    ['/lab?private=true', ids(21)],
    [`/lab?token=${oidOf(5)}`, ids(20)],
    ['/lab?token=null', ids(21)],
    ['/lab?token=nonsense', ids(20, 21)],
    ['/lab?updated_on=2015-01-02', ids(21)],
    ['/lab?contact=A', []],
    ['/lab?sort=name', ids(21, 20)],
    [`/token?token=${TOKENS.lab}`, ids(5)],
    ['/token?token=unknown', []],
    ['/token?expired=true', ids(6)],
    ['/token?expires_on=null&username=ci', ids(1)],
    ['/token?expires_on=2015-01-01', ids(7)],
    ['/token?ip_address=127.0.0.1', ids(9)],
    ['/token?ip_address=192.0.2.1', ids(8, 9)],
    ['/token?properties=1', []],
    ['/token?email=ci3@example.org', ids(3)],
    ['/token?sort=token&limit=1', ids(1)],
  ])('%s', async (path, found) => {
    expect(await server.ids(path, admin)).toEqual(found);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';
import { BOOT, BUILD } from './write-bodies.js';
import { found, only, written } from './write-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

const remove = (path: string, as = TOKENS.deleter): Promise<any> => written(server, 'DELETE', path, undefined, { as });
const MISSING = '54b8e0dcc0ffee0000ffffff';
const DIGITLESS = 'z'.repeat(24);

/** A job with two builds and a boot of a kernel. */
async function stored(kernel: string): Promise<{ job: string; builds: string[]; boot: string }> {
  await written(server, 'POST', '/build', { ...BUILD, kernel });
  await written(server, 'POST', '/build', { ...BUILD, kernel, arch: 'arm' });
  await written(server, 'POST', '/boot', { ...BOOT, kernel }, { as: TOKENS.lab });
  const ids = async (path: string): Promise<string[]> =>
    (await found(server, `${path}?kernel=${kernel}`)).map(({ _id }) => _id.$oid);
  return { job: (await ids('/job'))[0]!, builds: await ids('/build'), boot: (await ids('/boot'))[0]! };
}

describe('DELETE /job/{id}', () => {
  it('deletes the job and its builds, not its boots', async () => {
    const { job, boot } = await stored('gone-1');
    const before = await only(server, '/boot?kernel=gone-1');
    expect(await remove(`/job/${job}`)).toEqual({ code: 200, reason: `Resource '${job}' deleted` });
    expect(await found(server, '/job?kernel=gone-1')).toEqual([]);
    expect(await found(server, '/build?kernel=gone-1')).toEqual([]);
    expect(await only(server, `/boot?_id=${boot}`)).toEqual(before);
    expect(await remove(`/job/${job}`)).toEqual({ code: 404, reason: 'Resource not found' });
  });

  it('of an id without hexadecimal digits is refused', async () => {
    expect(await remove(`/job/${DIGITLESS}`)).toEqual({ code: 400, reason: 'Wrong ID specified' });
  });
});

describe('DELETE /build/{id}', () => {
  it.each(['build', 'builds', 'defconfig', 'defconfigs'])('deletes the build, also as /%s', async (name) => {
    const kernel = `gone-${name}`;
    const { builds } = await stored(kernel);
    const id = builds[0]!;
    const written = name === 'builds' ? id.toUpperCase() : id;
    expect(await remove(`/${name}/${written}`)).toEqual({ code: 200, reason: `Resource '${written}' deleted` });
    expect((await found(server, `/build?kernel=${kernel}`)).map(({ _id }) => _id.$oid)).toEqual(builds.slice(1));
    expect(await found(server, `/job?kernel=${kernel}`)).toHaveLength(1);
    expect(await found(server, `/boot?kernel=${kernel}`)).toHaveLength(1);
    expect(await remove(`/${name}/${id}`)).toEqual({ code: 404, reason: `Resource '${id}' not found` });
  });

  it('of an id without hexadecimal digits is refused', async () => {
    expect(await remove(`/build/${DIGITLESS}`)).toEqual({ code: 400, reason: 'Wrong ID specified' });
  });

  it('does not take the id of a job or boot', async () => {
    for (const id of [oidOf(30), oidOf(50)]) expect((await remove(`/build/${id}`)).code).toBe(404);
  });
});

describe('DELETE without an id', () => {
  it.each(['/job', '/jobs/', '/build', '/defconfig'])('of %s is refused', async (path) => {
    expect(await remove(`${path}?kernel=x`)).toEqual({ code: 400, reason: 'No ID value specified' });
  });
});

describe('DELETE /boot/{id}', () => {
  it('deletes the boot', async () => {
    const { boot } = await stored('gone-2');
    expect(await remove(`/boot/${boot}/`)).toEqual({ code: 200, reason: `Resource '${boot}' deleted` });
    expect(await remove(`/boot/${boot}`)).toEqual({ code: 404, reason: `Resource '${boot}' not found` });
  });

  it.each([
    [DIGITLESS, 400, 'Wrong ID value passed as object ID'],
    [MISSING, 404, `Resource '${MISSING}' not found`],
    // A test group, which is a job here as boots are.
    [oidOf(60), 404, `Resource '${oidOf(60)}' not found`],
  ])('of %s is %d', async (id, code, reason) => {
    expect(await remove(`/boot/${id}`)).toEqual({ code, reason });
  });

  it('with the token of a lab deletes boots of that lab only', async () => {
    const { boot } = await stored('gone-3');
    expect(await remove(`/boot/${oidOf(51)}`, TOKENS.lab)).toEqual({ code: 403 });
    expect(await found(server, `/boot?_id=${oidOf(51)}`)).toHaveLength(1);
    expect((await remove(`/boot/${boot}`, TOKENS.lab)).code).toBe(200);
    expect((await remove(`/boot/${MISSING}`, TOKENS.lab)).code).toBe(404);
  });
});

describe('DELETE /boot?query', () => {
  /** Boards of the boots of a kernel that are left. */
  const boards = async (kernel: string): Promise<string[]> =>
    (await found(server, `/boot?kernel=${kernel}&sort=board&sort_order=1`)).map(({ board }) => board);

  async function boots(kernel: string): Promise<void> {
    for (const board of ['a', 'b', 'c']) {
      const body = { ...BOOT, kernel, board, boot_job_id: `job-${board}`, boot_job_url: `http://${board}` };
      await written(server, 'POST', '/boot', { ...body, defconfig: board === 'a' ? 'x' : 'y' }, { as: TOKENS.lab });
    }
  }

  it.each([
    ['board=a&board=b', ['c']],
    ['board=%20a%20&job=next', ['b', 'c']],
    ['boot_job_id=job-b', ['a', 'c']],
    ['boot_job_url=http://c', ['a', 'b']],
    ['defconfig=y', ['a']],
    ['defconfig_full=x', ['b', 'c']],
    ['build_id=null&job_id=null', []],
    ['board=a&board=', ['b', 'c']],
    ['board=a&arch=none&lab_name=none&created_on=2001-01-01&gte=board,z&lt=board,0&time_range=1', ['b', 'c']],
    ['board=a&limit=0&skip=5&sort=board&_id=x', ['b', 'c']],
    ['board=nope', ['a', 'b', 'c']],
    ['board=a&job=other', ['a', 'b', 'c']],
    [`_id=${MISSING}`, ['a', 'b', 'c']],
  ])('%s leaves %j', async (query, left) => {
    const kernel = `query-${Buffer.from(query).toString('hex')}`;
    await boots(kernel);
    const { code, reason } = await remove(`/boot?kernel=${kernel}&${query}`);
    expect([code, reason]).toEqual([200, expect.stringMatching(/^Resources identified with '[^]*' deleted$/)]);
    expect(await boards(kernel)).toEqual(left);
  });

  it('names what it deleted by', async () => {
    expect(await remove('/boots/?board=%0d%0aX-Evil:1&kernel=k%C3%A9')).toEqual({
      code: 200,
      reason: "Resources identified with 'board: \r\nX-Evil:1, kernel: ké' deleted",
    });
  });

  it.each([
    '',
    '?',
    '?lab_name=lab-x',
    '?board=',
    '?_id=x&build_id=y',
    '?status=FAIL',
    '?board[]=a',
    '?created_on=2015-01-16',
  ])('"%s" has no key to go by: nothing is deleted', async (query) => {
    const before = (await found(server, '/boot')).length;
    expect(await remove(`/boot${query}`)).toEqual({
      code: 400,
      reason: 'No valid data provided to execute a DELETE',
    });
    expect(await found(server, '/boot')).toHaveLength(before);
  });

  it('that is not UTF-8 is refused', async () => {
    expect(await remove('/boot?board=%ff')).toEqual({ code: 400, reason: 'Bad Request' });
  });

  it('deletes no test group', async () => {
    const groups = await found(server, '/test/group');
    expect((await remove('/boot?job=next&kernel=next-20150116&board=juno')).code).toBe(200);
    expect(await found(server, '/boot?job=next&kernel=next-20150116&board=juno')).toEqual([]);
    expect(await found(server, '/test/group')).toEqual(groups);
  });

  it('with the token of a lab deletes boots of that lab only', async () => {
    const body = { ...BOOT, kernel: 'labs-1' };
    await written(server, 'POST', '/boot', { ...body, board: 'a' });
    await written(server, 'POST', '/boot', { ...body, board: 'b', lab_name: 'lab-y' });
    expect((await remove('/boot?kernel=labs-1', TOKENS.lab)).code).toBe(200);
    expect(await boards('labs-1')).toEqual(['b']);
  });

  it('deletes by many values, in a fixed number of statements', async () => {
    const statements: string[] = [];
    const counted = await KernelciServer.start({ onStatement: (text) => void statements.push(text) });
    try {
      const count = async (query: string): Promise<number> => {
        statements.length = 0;
        expect((await written(counted, 'DELETE', `/boot?${query}`, undefined, { as: TOKENS.deleter })).code).toBe(200);
        return statements.length;
      };
      await count('board=nope');
      const none = await count('board=nope');
      const boards = Array.from({ length: 200 }, (_, index) => `board=b${index}`).join('&');
      const some = await count(`${boards}&board=juno&board=panda&board=qemu`);
      expect(await found(counted, '/boot')).toEqual([]);
      expect(some - none).toBeLessThan(8);
    } finally {
      await counted.close();
    }
  });
});

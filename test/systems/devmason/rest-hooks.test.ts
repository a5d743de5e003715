import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DevmasonServer, GENIE, UNREADABLE, WAYS } from './rest-support.js';

let server: DevmasonServer;

beforeAll(async () => {
  server = await DevmasonServer.start();
  await server.project('lamp-shop', GENIE, 'Lamp Shop');
});
afterAll(() => server.close());

const EVENTS = `{ events(filter: { system: { eq: DEVMASON } }, first: 1) { nodes {
  name state createdAt project { legacyId } ... on DevmasonBuildRequest { identifier repository { url type } } } } }`;

/** The newest build request. */
async function newest(): Promise<any> {
  return (await server.gateway.graphql(EVENTS)).data.events.nodes[0];
}

async function count(): Promise<number> {
  const { data } = await server.gateway.graphql('{ events(filter: { system: { eq: DEVMASON } }) { totalCount } }');
  return data.events.totalCount;
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const form = (payload: unknown): string => `payload=${encodeURIComponent(JSON.stringify(payload))}`;
const push = (path: string, body: string, headers: Record<string, string> = FORM) =>
  server.send('POST', path, { body, headers });

const STARTED = [200, 'Build Started', 'text/html; charset=utf-8'];
const told = ({ status, text, headers }: Awaited<ReturnType<typeof push>>) => [status, text, headers['content-type']];

describe('POST /builds/request', () => {
  it('records that a build is wanted, whatever the content type and the credentials', async () => {
    for (const headers of [{}, FORM, { 'Content-Type': 'application/json', ...UNREADABLE }]) {
      const body = JSON.stringify({ project: 'lamp-shop', identifier: 'HEAD' });
      expect(told(await push('/builds/request', body, headers))).toEqual(STARTED);
    }
    expect(await newest()).toMatchObject({
      name: 'HEAD',
      identifier: 'HEAD',
      state: 'QUEUED',
      project: { legacyId: 'lamp-shop' },
      repository: null,
    });
  });

  it('takes the repository that the project had last', async () => {
    const repository = { name: 'lamp-shop', url: 'http://github.com/genie/lamp-shop' };
    await push('/builds/github', form({ repository, after: 'abc' }));
    await push('/builds/request', JSON.stringify({ project: 'lamp-shop', identifier: 'v2' }));
    expect(await newest()).toMatchObject({
      identifier: 'v2',
      repository: { url: 'git://github.com/genie/lamp-shop', type: 'GIT' },
    });
  });

  it.each([
    ['', 400, 'Bad Request'],
    ['{', 400, 'Bad Request'],
    ['5', 400, 'Bad Request'],
    ['{}', 400, "'project'"],
    ['{"project": 5, "identifier": "x"}', 400, "'project'"],
    ['{"project": "lamp-shop"}', 400, "'identifier'"],
    ['{"project": "lamp-shop", "identifier": null}', 400, "'identifier'"],
    ['{"project": "none-such", "identifier": "x"}', 404, 'Not Found'],
    ['{"project": "a\\u0000", "identifier": "x"}', 404, 'Not Found'],
    ['{"project": "lamp-shop", "identifier": "\\u0000"}', 400, 'Bad Request'],
  ])('of %s is %i %s and records nothing', async (body, status, text) => {
    const before = await count();
    expect(told(await push('/builds/request', body, {}))).toEqual([status, text, 'text/plain; charset=utf-8']);
    expect(await count()).toBe(before);
  });
});

describe('push hooks', () => {
  it('of GitHub record the revision and the repository, read over git', async () => {
    const repository = { name: 'lamp-shop', url: 'http://github.com/genie/lamp' };
    expect(told(await push('/builds/github', form({ repository, after: '9f8e7d' })))).toEqual(STARTED);
    expect(await newest()).toMatchObject({
      identifier: '9f8e7d',
      project: { legacyId: 'lamp-shop' },
      repository: { url: 'git://github.com/genie/lamp', type: 'GIT' },
    });
  });

  it('of Bitbucket record the first commit and the repository', async () => {
    const repository = { name: 'lamp-shop', absolute_url: '/genie/lamp/' };
    const payload = { repository, commits: [{ node: 'abc' }, { node: 'def' }] };
    expect(told(await push('/builds/bitbucket', form(payload)))).toEqual(STARTED);
    expect(await newest()).toMatchObject({
      identifier: 'abc',
      repository: { url: 'http://bitbucket.org/genie/lamp/', type: 'HG' },
    });
  });

  const github = { repository: { name: 'lamp-shop', url: 'http://x' }, after: 'a' };
  const bitbucket = { repository: { name: 'lamp-shop', absolute_url: '/x' }, commits: [{ node: 'a' }] };

  it.each([
    ['/builds/github', ''],
    ['/builds/github', 'payload=nope'],
    ['/builds/github', form(null)],
    ['/builds/github', form({ ...github, after: 5 })],
    ['/builds/github', form({ ...github, repository: 'lamp-shop' })],
    ['/builds/github', form({ after: 'a', repository: { name: 'lamp-shop' } })],
    ['/builds/bitbucket', form({ ...bitbucket, commits: [] })],
    ['/builds/bitbucket', form({ ...bitbucket, commits: 'a' })],
    ['/builds/bitbucket', form(github)],
  ])('%s refuses %s: 400', async (path, body) => {
    const { status, text } = await push(path, body);
    expect([status, text]).toEqual([400, 'Bad Request']);
  });

  it('of unknown projects are 404', async () => {
    const repository = { name: 'none-such', url: 'http://x', absolute_url: '/x' };
    expect((await push('/builds/github', form({ ...github, repository }))).status).toBe(404);
    expect((await push('/builds/bitbucket', form({ ...bitbucket, repository }))).status).toBe(404);
  });
});

describe.each(WAYS)('XML-RPC $name', (way) => {
  const value = (content: unknown): string => {
    if (typeof content === 'number') return `<value><int>${content}</int></value>`;
    if (typeof content === 'boolean') return `<value><boolean>${content ? 1 : 0}</boolean></value>`;
    if (Array.isArray(content)) return `<value><array><data>\n${content.map(value).join('\n')}</data></array></value>`;
    if (typeof content === 'object' && content !== null) {
      const members = Object.entries(content).map(
        ([name, one]) => `<member><name>${name}</name>${value(one)}</member>`,
      );
      return `<value><struct>\n${members.join('\n')}\n</struct></value>`;
    }
    return `<value><string>${content}</string></value>`;
  };
  const call = async (method: string, ...parameters: unknown[]) => {
    const params = parameters.map((one) => `<param>\n${value(one)}\n</param>`).join('');
    const body = `<?xml version='1.0'?>\n<methodCall>\n<methodName>${method}</methodName><params>${params}</params></methodCall>`;
    return server.by(way).send('POST', '/xmlrpc', { body, headers: { 'Content-Type': 'text/xml' } });
  };
  const INFO = {
    package: 'Django Pony 1.1',
    arch: 'linux',
    host: 'h',
    tags: ['nightly', 'a,b'],
    success: true,
    start_time: 'Tue, 20 Oct 2009 10:20:00 -0500',
    end_time: '2009-10-20T15:22:00',
  };

  it('add_results creates the project and reports a build', async () => {
    const step = {
      status: 0,
      name: 'test &amp; more',
      output: ' ok &lt;1&gt;&#10;',
      errout: '',
      command: ['a', 'b'],
      type: 't',
      version_type: 'v',
      version_info: 'i',
      other: 'dropped',
    };
    const { status, text, headers } = await call('add_results', INFO, [step, { ...step, status: 1 }, {}]);
    expect([status, headers['content-type']]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(text).toContain('<params><param><value><string>Processed Correctly</string></value></param></params>');
    expect((await server.get('/django-pony-1_1')).json).toMatchObject({ name: 'Django Pony 1.1', owner: '' });
    const { location } = (await server.get('/django-pony-1_1/builds/latest')).headers;
    const { client, success, started, finished, tags, results } = (
      await server.get(location!.slice(server.base.length))
    ).json;
    expect({ client, success, started, finished, tags }).toEqual({
      client: { host: 'h', arch: 'linux', user: 'pony-client' },
      success: true,
      started: 'Tue, 20 Oct 2009 10:20:00 -0500',
      finished: 'Tue, 20 Oct 2009 15:22:00 +0000',
      tags: ['a', 'b', 'nightly'],
    });
    expect(results.map((one: any) => [one.name, one.success])).toEqual([
      ['test & more', true],
      ['test & more', false],
      ['', false],
    ]);
    expect(results[0]).toMatchObject({ output: ' ok <1>\n', command: ['a', 'b'], type: 't', version_info: 'i' });
    expect(results[0]).not.toHaveProperty('other');
  });

  it('check_should_build always says yes', async () => {
    const { text } = await call('check_should_build', INFO, true, 5);
    expect(text).toContain(
      '<value><array><data><value><boolean>1</boolean></value><value><string>We always build, now!</string></value></data></array></value>',
    );
  });

  it.each([
    ['an unknown method', 'drop_tables', [], 'method &quot;drop_tables&quot; is not supported'],
    ['no package', 'add_results', [{}, []], 'package'],
    ['a package without a name', 'add_results', [{ ...INFO, package: '日本' }, []], 'package'],
    ['a reserved name', 'add_results', [{ ...INFO, package: 'Users' }, []], 'package'],
    ['no results', 'add_results', [INFO], 'results'],
    ['a bad time', 'add_results', [{ ...INFO, start_time: 'noon' }, []], 'unknown string format'],
  ])('answers %s by a fault', async (_what, method, parameters, message) => {
    const { status, text } = await call(method, ...parameters);
    expect(status).toBe(200);
    expect(text).toMatch(/<fault><value><struct>.*<name>faultString<\/name>/);
    expect(text).toContain(message);
  });

  it.each(['', 'x', '<a', '<methodCall></methodCall>', '<!DOCTYPE a [<!ENTITY b "c">]><methodCall/>'])(
    'answers %j by a fault',
    async (body) => {
      const { status, text } = await server.by(way).send('POST', '/xmlrpc', { body });
      expect(status).toBe(200);
      expect(text).toContain('<fault>');
    },
  );
});

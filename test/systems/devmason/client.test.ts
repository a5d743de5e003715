import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../support/server.js';
import { basic } from './rest-support.js';

/**
 * The test runner's reporter, as the contract describes it (sections 1, 4.10, 7): it is told where the server is, PUTs
 * its project, POSTs one finished build, asks for a build, and looks at nothing that comes back but the status.
 */
class Reporter {
  readonly statuses: number[] = [];

  constructor(
    private readonly baseUrl: string,
    private readonly credentials: string,
  ) {}

  async report(
    packageName: string,
    tests: readonly { name: string; failed: boolean; output: string }[],
  ): Promise<void> {
    const slug = slugify(packageName);
    // The client writes its JSON by hand, without escaping.
    await this.#send('PUT', `/${slug}`, `{"name": "${packageName}"}`);
    const started = new Date(Date.UTC(2010, 7, 7, 12, 3, 9));
    const finished = new Date(started.getTime() + 61_000);
    const build = {
      success: tests.every(({ failed }) => !failed),
      started: naive(started),
      finished: naive(finished),
      tags: ['django', 'trunk'],
      client: { host: 'worker3', arch: 'Linux-2.6-x86_64', user: 'http://ericholscher.com/' },
      results: tests.map(({ name, failed, output }) => ({
        success: !failed,
        started: naive(started),
        finished: naive(finished),
        name,
        output,
        errout: '',
        type: 'test',
      })),
    };
    await this.#send('POST', `/${slug}/builds`, JSON.stringify(build));
  }

  ask(project: string, identifier: string): Promise<void> {
    return this.#send('POST', '/builds/request', JSON.stringify({ project, identifier }), 'text/plain');
  }

  #send(method: string, path: string, body: string, type = 'application/json'): Promise<void> {
    const headers = {
      'Content-Type': type,
      Authorization: this.credentials,
      'Content-Length': Buffer.byteLength(body),
    };
    return new Promise((resolve, reject) => {
      const sent = request(this.baseUrl + path, { method, headers }, (response) => {
        this.statuses.push(response.statusCode!);
        response.resume().on('end', resolve);
      });
      sent.on('error', reject).end(body);
    });
  }
}

/** Django's slugify with the client's own rule for dots (section 7.8). */
function slugify(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\P{ASCII}/gu, '')
    .replace(/[^\w\s-]/g, '_')
    .trim()
    .toLowerCase()
    .replace(/[-\s]+/g, '-');
}

/** `datetime.isoformat()` of a time in UTC that does not say so. */
function naive(time: Date): string {
  return time.toISOString().slice(0, 19);
}

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

async function read(path: string): Promise<any> {
  return (await fetch(`${server.url}/devmason${path}`)).json();
}

const TESTS = [
  { name: 'test_forms', failed: false, output: 'ok' },
  { name: 'test_views', failed: true, output: 'AssertionError: "é" != "e"' },
];

describe('a test runner that changes nothing but its base URL', () => {
  it('reports without an account: an empty Authorization header is none', async () => {
    const reporter = new Reporter(`${server.url}/devmason`, '');
    await reporter.report('django.contrib.auth', TESTS);
    await reporter.ask('django_contrib_auth', 'HEAD');
    // The project is nobody's, so that nobody may register it again; the client does not mind.
    await reporter.report('django.contrib.auth', TESTS.slice(0, 1));
    expect(reporter.statuses).toEqual([201, 201, 200, 403, 201]);
    expect((await read('/django_contrib_auth')).owner).toBe('');
    const { builds, count } = await read('/django_contrib_auth/builds');
    expect(count).toBe(2);
    expect(builds[1]).toMatchObject({
      success: false,
      started: 'Sat, 7 Aug 2010 12:03:09 +0000',
      finished: 'Sat, 7 Aug 2010 12:04:10 +0000',
      tags: ['django', 'trunk'],
      client: { host: 'worker3', arch: 'Linux-2.6-x86_64', user: 'http://ericholscher.com/' },
      results: [
        { name: 'test_forms', success: true, type: 'test' },
        { name: 'test_views', success: false, output: 'AssertionError: "é" != "e"', type: 'test' },
      ],
    });
  });

  it('reports with its account run after run, and owns what it reported', async () => {
    const reporter = new Reporter(`${server.url}/devmason`, basic('eric', 'pony')['Authorization']!);
    await reporter.report('My  Café Project', TESTS);
    await reporter.report('My  Café Project', TESTS.slice(0, 1));
    expect(reporter.statuses).toEqual([201, 201, 200, 201]);
    expect(await read('/my-cafe-project')).toMatchObject({ name: 'My  Café Project', owner: 'eric' });
    expect((await read('/my-cafe-project/builds')).count).toBe(2);
    expect((await read('/users/eric')).username).toBe('eric');
  });

  it('is refused a name that breaks its handwritten JSON, and reports the build of a project that exists all the same', async () => {
    const reporter = new Reporter(`${server.url}/devmason`, '');
    await reporter.report('say "hi"', TESTS);
    expect(reporter.statuses).toEqual([400, 404]);
  });
});

import { request, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Subscriber } from '../../support/subscriber.js';
import { untilOpen } from '../../graphql/open-subscriptions.js';
import { startTestServer, type TestServer } from '../../support/server.js';

/**
 * The real clients as the contract describes them (sections 1, 5, 6 and 8): administrators with curl, build machines,
 * lab machines, and the dashboard, which joins absolute paths to the address of the service, always asks for gzip, and
 * parses nothing else.
 */
class Script {
  constructor(
    private readonly port: number,
    private readonly token: string,
  ) {}

  /** Sends a request to the virtual host and parses the answer. */
  async send(method: string, path: string, body?: unknown): Promise<{ status: number; json: any }> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { status, bytes } = await exchange(
      this.port,
      method,
      path,
      { ...JSON_TYPE, Authorization: this.token },
      text,
    );
    return { status, json: JSON.parse(bytes.toString()) };
  }
}

/** The dashboard's side: GETs and batches. */
class Dashboard {
  constructor(
    private readonly port: number,
    private readonly token: string,
  ) {}

  async get(path: string): Promise<any> {
    return this.#parsed(await exchange(this.port, 'GET', path, this.#headers()));
  }

  async batch(operations: object[]): Promise<any> {
    const headers = { ...this.#headers(), ...JSON_TYPE };
    return this.#parsed(await exchange(this.port, 'POST', '/batch', headers, JSON.stringify({ batch: operations })));
  }

  /** Every document of a list, page after page. */
  async all(path: string, limit: number): Promise<any[]> {
    const documents: any[] = [];
    for (;;) {
      const page = await this.get(`${path}&limit=${limit}&skip=${documents.length}`);
      documents.push(...page.result);
      if (page.result.length === 0 || documents.length >= page.count) return documents;
    }
  }

  #headers(): Record<string, string> {
    return { Authorization: this.token, 'Accept-Encoding': 'gzip', 'User-Agent': 'kernelci-frontend' };
  }

  #parsed({ status, encoding, bytes }: Awaited<ReturnType<typeof exchange>>): any {
    if (status !== 200 || encoding !== 'gzip') throw new Error(`${status} ${encoding}`);
    return JSON.parse(gunzipSync(bytes).toString());
  }
}

const JSON_TYPE = { 'Content-Type': 'application/json' };

function exchange(
  port: number,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Promise<{ status: number; encoding: string | undefined; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    const host = `kernelci.localhost:${port}`;
    const sent = request({ port, method, path, headers: { Host: host, ...headers } }, (answer: IncomingMessage) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => {
        const encoding = answer.headers['content-encoding'];
        resolve({ status: answer.statusCode!, encoding, bytes: Buffer.concat(chunks) });
      });
    });
    sent.on('error', reject).end(body);
  });
}

const REVISION = { job: 'mainline', kernel: 'v6.1-rc2', git_branch: 'master' };
const DEFCONFIGS = [
  'defconfig',
  'multi_v7_defconfig',
  'multi_v7_defconfig+CONFIG_SMP=n',
  'x86_64_defconfig',
  'tinyconfig',
];
const ARCHS = ['arm', 'arm64', 'x86'];

let server: TestServer;
let admin: Script;

beforeAll(async () => {
  server = await startTestServer();
  admin = new Script(server.port, await server.token('operator', { admin: true }));
});
afterAll(() => server.close());

describe('administrators, build machines, labs and the dashboard with only the address changed', () => {
  let builder: Script;
  let lab: Script;
  let dashboard: Dashboard;
  let watcher: Subscriber;

  it('administrators make tokens and a lab', async () => {
    const made = async (flags: object): Promise<string> => {
      const { status, json } = await admin.send('POST', '/token', { email: 'ci@example.org', ...flags });
      expect(status).toBe(201);
      return json.result[0].token;
    };
    builder = new Script(server.port, await made({ post: true, upload: true }));
    dashboard = new Dashboard(server.port, await made({ get: true, post: true }));
    const contact = { name: 'Ada', surname: 'L', email: 'ada@example.org' };
    const { status, json } = await admin.send('POST', '/lab', { name: 'lab-alpha', contact });
    expect(status).toBe(201);
    lab = new Script(server.port, json.result[0].token);
    expect((await admin.send('POST', '/lab', { name: 'lab-alpha', contact })).status).toBe(400);
  });

  it('build machines report builds, which make the job, and close it', async () => {
    watcher = new Subscriber(
      server.url,
      'subscription { stateChanged { kind from to build { name } event { name } } }',
    );
    await untilOpen(server.url, 1);
    for (const arch of ARCHS) {
      for (const [index, defconfig] of DEFCONFIGS.entries()) {
        const build = { ...REVISION, arch, defconfig: defconfig.split('+')[0], defconfig_full: defconfig };
        const result = { build_result: index === 4 ? 'FAIL' : 'PASS', build_errors: index === 4 ? 2 : 0 };
        const { status, json } = await builder.send('POST', '/build', {
          ...build,
          ...result,
          build_environment: 'gcc-12',
        });
        expect([status, json]).toEqual([202, { code: 202, reason: 'Request accepted and being imported' }]);
      }
    }
    const { status, json } = await builder.send('POST', '/job', { ...REVISION, status: 'PASS' });
    expect([status, json.reason]).toEqual([200, "Job 'mainline-v6.1-rc2' (branch master) marked as 'PASS'"]);
    const seen = (await watcher.take(17)).map(({ data }) => (data as any).stateChanged);
    expect(seen.filter(({ kind }) => kind === 'EVENT').map(({ from, to }) => [from, to])).toEqual([
      [null, 'RUNNING'],
      ['RUNNING', 'SUCCEEDED'],
    ]);
    expect(seen.filter(({ kind, to }) => kind === 'BUILD' && to === 'FAILED')).toHaveLength(3);
    await watcher.close();
  });

  it('lab machines report boots, twice where they tried again, for their own lab only', async () => {
    for (const [index, arch] of ARCHS.entries()) {
      for (const board of ['juno', 'panda', 'qemu']) {
        const boot = {
          ...REVISION,
          arch,
          board,
          defconfig: 'defconfig',
          build_environment: 'gcc-12',
          lab_name: 'lab-alpha',
        };
        const report = { ...boot, version: '1.0', boot_time: 26.3, boot_result: index === 0 ? 'FAIL' : 'PASS' };
        expect((await lab.send('POST', '/boot', report)).status).toBe(202);
        expect((await lab.send('POST', '/boot', { ...report, boot_retries: 1 })).status).toBe(202);
        expect((await lab.send('POST', '/boot', { ...report, lab_name: 'lab-beta' })).status).toBe(403);
      }
    }
    expect((await lab.send('GET', '/boot')).status).toBe(403);
  });

  it('the dashboard pages by count and skip, groups, and shows what a page needs in one batch', async () => {
    const builds = await dashboard.all(
      '/build?job=mainline&kernel=v6.1-rc2&sort=defconfig_full&sort=arch&sort_order=1',
      4,
    );
    expect(builds.map(({ arch, defconfig_full: full }) => `${full} ${arch}`)).toEqual(
      DEFCONFIGS.toSorted().flatMap((defconfig) => ARCHS.toSorted().map((arch) => `${defconfig} ${arch}`)),
    );
    const boots = await dashboard.all('/boot?job=mainline&lab_name=lab-alpha&date_range=14&sort=created_on', 2);
    expect(boots).toHaveLength(9);
    expect(boots.every(({ retries, time, build_id: build }) => retries === 1 && time.$date === 26_300 && build)).toBe(
      true,
    );
    const kernels = await dashboard.get(
      '/job?aggregate=job&sort=created_on&field=kernel&field=status&field=created_on&date_range=5&limit=25',
    );
    expect(kernels.result).toMatchObject([{ _id: { job: 'mainline' }, kernel: 'v6.1-rc2', status: 'PASS' }]);
    const { result } = await dashboard.batch([
      {
        method: 'GET',
        operation_id: 'fails',
        resource: 'count',
        document: 'build',
        query: 'status=FAIL&job=mainline&&',
      },
      { method: 'GET', operation_id: ['boards', 1], resource: 'boot', distinct: 'board' },
      {
        method: 'GET',
        operation_id: 'last',
        resource: 'boot',
        query: '?limit=1&sort=created_on&field=board&nfield=_id',
      },
    ]);
    expect(result[0]).toEqual({ operation_id: 'fails', result: [{ collection: 'build', count: 3 }] });
    expect(result[1].operation_id).toEqual(['boards', 1]);
    expect(result[1].result[0].result.toSorted()).toEqual(['juno', 'panda', 'qemu']);
    expect(result[2].result[0]).toMatchObject({ result: [{ board: 'qemu' }], count: 9 });
  });

  it('labs take back their boots, administrators delete the job with its builds', async () => {
    const [boot] = (await dashboard.get('/boot?board=juno&limit=1')).result;
    expect((await lab.send('DELETE', `/boot/${boot._id.$oid}`)).status).toBe(200);
    expect((await lab.send('DELETE', `/boot/${boot._id.$oid}`)).status).toBe(404);
    expect((await lab.send('DELETE', '/boot?board=panda')).status).toBe(200);
    expect((await dashboard.get('/boot?limit=1')).count).toBe(5);
    const [job] = (await dashboard.get('/job?job=mainline')).result;
    expect((await builder.send('DELETE', `/job/${job._id.$oid}`)).status).toBe(403);
    expect((await admin.send('DELETE', `/job/${job._id.$oid}`)).status).toBe(200);
    const counts = (await dashboard.get('/count')).result.slice(0, 3);
    expect(counts.map(({ count }: { count: number }) => count)).toEqual([5, 0, 0]);
  });
});

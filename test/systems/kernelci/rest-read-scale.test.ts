import { gunzipSync } from 'node:zlib';
import { request as httpRequest } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KERNELCI_IMPORT, oidOf, TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

const MANY = 1_700;
/** Makes the documents large: the list of all of them is several times what is sent as a whole. */
const FILLER = 'x'.repeat(2_000);

const boots = Array.from({ length: MANY }, (_, index) => ({
  ...KERNELCI_IMPORT.boot[0]!,
  _id: { $oid: oidOf(10_000 + index) },
  created_on: { $date: 1421402188347 + (index % 7) },
  board: `board-${index % 40}`,
  qemu_command: FILLER,
}));

let server: KernelciServer;
let statements: string[] = [];

beforeAll(async () => {
  server = await KernelciServer.start(
    { onStatement: (text) => void statements.push(text) },
    { ...KERNELCI_IMPORT, boot: boots },
  );
});

afterAll(() => server.close());

/** Number of statements of a request, that for its token included. */
async function statementsOf(path: string, as = TOKENS.reader): Promise<number> {
  statements = [];
  expect((await server.get(path, { as })).status).toBe(200);
  return statements.length;
}

describe('statements, with one for the token', () => {
  it.each([
    ['/boot?limit=25&sort=created_on&job=next&lab_name=lab-x', 3],
    ['/boot?limit=500&date_range=0&created_on=2015-01-16', 3],
    ['/boot?limit=100&skip=50&field=board', 3],
    ['/job?limit=100', 3],
    ['/build?limit=100&sort=job&sort=kernel', 3],
    ['/test/case?limit=100', 3],
    ['/build/logs?limit=100', 3],
    ['/boot?aggregate=board&sort=created_on&field=status', 2],
    ['/build?aggregate=arch&aggregate=defconfig', 2],
    ['/boot/distinct/board', 2],
    ['/count', 7],
    ['/count/boot?job=next', 2],
    [`/boot/${oidOf(10_000)}`, 2],
    [`/build/${oidOf(41)}/logs`, 2],
  ])('%s: %d', async (path, count) => {
    expect(await statementsOf(path)).toBe(count);
  });
});

function whole(path: string, headers: Record<string, string>): Promise<{ headers: object; text: string }> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/kernelci${path}`, server.gateway.url);
    httpRequest(url, { headers: { Authorization: TOKENS.reader, ...headers } }, (message) => {
      const chunks: Buffer[] = [];
      message.on('data', (chunk: Buffer) => chunks.push(chunk));
      message.on('error', reject);
      message.on('end', () => {
        const body = Buffer.concat(chunks);
        const zipped = message.headers['content-encoding'] === 'gzip';
        resolve({ headers: message.headers, text: (zipped ? gunzipSync(body) : body).toString() });
      });
    })
      .on('error', reject)
      .end();
  });
}

describe('a list without limit', () => {
  const expected = boots.map(({ _id }) => _id.$oid);

  it.each([
    ['plain', {}, undefined],
    ['gzip', { 'Accept-Encoding': 'gzip' }, 'gzip'],
  ])('is read in slices and sent in pieces: %s', async (_name, headers, coding) => {
    statements = [];
    const { headers: given, text } = await whole('/boot', headers);
    expect(given).toMatchObject({ 'transfer-encoding': 'chunked', vary: 'Accept-Encoding' });
    expect(given).not.toHaveProperty('content-length');
    expect((given as Record<string, string>)['content-encoding']).toBe(coding);
    const { count, result } = JSON.parse(text);
    expect(count).toBe(MANY);
    expect(result.map(({ _id }: any) => _id.$oid)).toEqual(expected);
    // The token, the total, and four slices.
    expect(statements).toHaveLength(6);
  });

  it('keeps the order where many are equal', async () => {
    const all = JSON.parse((await whole('/boot?sort=created_on&field=created_on', {})).text).result;
    const sorted = boots.toSorted((a, b) => b.created_on.$date - a.created_on.$date);
    expect(all.map(({ _id }: any) => _id.$oid)).toEqual(sorted.map(({ _id }) => _id.$oid));
  });

  it('may begin and end anywhere', async () => {
    const { count, result } = JSON.parse((await whole('/boot?skip=300&limit=1200&field=_id', {})).text);
    expect([count, result.map(({ _id }: any) => _id.$oid)]).toEqual([MANY, expected.slice(300, 1500)]);
  });

  it('works in a batch, too', async () => {
    const [first, second] = await server.batch([
      { method: 'GET', resource: 'boot' },
      { method: 'GET', resource: 'job' },
    ]);
    expect(first.result[0].result).toHaveLength(MANY);
    expect(second.result[0].count).toBe(4);
  });
});

it('days and minutes are counted back from now', async () => {
  const now = Date.now();
  const jobAt = (number: number, created: number) => ({
    ...KERNELCI_IMPORT.job[0]!,
    _id: { $oid: oidOf(number) },
    created_on: { $date: created },
  });
  const minute = 60_000;
  const recent = await KernelciServer.start(
    {},
    {
      token: KERNELCI_IMPORT.token,
      job: [jobAt(1, now - 30 * minute), jobAt(2, now - 90 * minute), jobAt(3, now - 3 * 24 * 60 * minute)],
    },
  );
  try {
    expect(await recent.ids('/job?time_range=60')).toEqual([oidOf(1)]);
    expect(await recent.ids('/job?time_range=100')).toEqual([oidOf(1), oidOf(2)]);
    expect(await recent.ids('/job?date_range=2&sort=_id&sort_order=1')).not.toContain(oidOf(3));
    expect(await recent.ids('/job?date_range=5&lt=created_on,99999999999999')).toContain(oidOf(3));
  } finally {
    await recent.close();
  }
});

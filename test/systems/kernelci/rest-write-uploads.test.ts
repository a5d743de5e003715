import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TOKENS } from './rest-fixture.js';
import { KernelciServer } from './rest-support.js';

let server: KernelciServer;

beforeAll(async () => {
  server = await KernelciServer.start();
});

afterAll(() => server.close());

/** Sends a form as browsers and the usual libraries make it. */
async function upload(members: readonly (readonly [name: string, value: string | File])[], query = ''): Promise<any> {
  const form = new FormData();
  for (const [name, value] of members) form.append(name, value);
  const reply = await fetch(`${server.gateway.url}/kernelci/upload${query}`, {
    method: 'POST',
    headers: { Authorization: TOKENS.superuser },
    body: form,
  });
  const json: any = await reply.json();
  expect(json.code).toBe(reply.status);
  return json;
}

const file = (name: string, size: number): File => new File([Buffer.alloc(size, '\r\n--')], name);
const PATH = ['path', 'next/master/next-1/arm64/defconfig/gcc-8'] as const;
const received = (filename: string, bytes: number) => ({ filename, status: 201, error: null, bytes });

describe('POST /upload', () => {
  it('takes files and tells their sizes', async () => {
    expect(
      await upload([
        PATH,
        ['file0', file('Image', 123)],
        ['file1', file('dtbs/a.dtb', 0)],
        ['file2', file('é.log', 7)],
      ]),
    ).toEqual({ code: 200, result: [received('Image', 123), received('dtbs/a.dtb', 0), received('é.log', 7)] });
  });

  it('takes large files', async () => {
    expect(await upload([PATH, ['file', file('vmlinux', 100_000_000)]])).toEqual({
      code: 200,
      result: [received('vmlinux', 100_000_000)],
    });
  });

  const PLACE = ['job', 'git_branch', 'kernel', 'arch'].map((name) => [name, 'x'] as const);

  it.each(['defconfig', 'defconfig_full'])('takes the parts of a path, too: with %s', async (name) => {
    expect((await upload([...PLACE, [name, 'y'], ['lab_name', 'z'], ['f', file('a', 1)]])).code).toBe(200);
    expect((await upload([...PLACE, ['f', file('a', 1)]], `?${name}=y`)).code).toBe(200);
  });

  it.each([
    [[], 'Missing argument job'],
    [[['path', '']], 'Missing argument job'],
    [PLACE.slice(0, 2), 'Missing argument kernel'],
    [PLACE, 'Missing argument defconfig'],
    [[PATH], 'No files provided'],
  ] as [(readonly [string, string])[], string][])('with %j is refused: %s', async (members, reason) => {
    const files = reason === 'No files provided' ? [] : [['f', file('a', 1)] as const];
    expect(await upload([...members, ...files])).toEqual({ code: 400, reason });
  });

  it.each([null, 'application/json', 'multipart/mixed; boundary=x'])('of type %s is refused', async (type) => {
    const reply = await server.send('POST', '/upload', {
      as: TOKENS.superuser,
      headers: type === null ? {} : { 'Content-Type': type },
      body: 'x',
    });
    expect([reply.status, reply.json]).toEqual([
      415,
      { code: 415, reason: 'Wrong content type defined: Use multipart/form-data as the content type' },
    ]);
  });

  it.each([
    ['multipart/form-data', 'there is no boundary'],
    ['multipart/form-data; boundary=x', 'it ends too early'],
  ])('of type %s with something else in it is refused: %s', async (type, fault) => {
    const options = { as: TOKENS.superuser, headers: { 'Content-Type': type }, body: 'nonsense' };
    const reply = await server.send('POST', '/upload/', options);
    expect([reply.status, reply.json.reason]).toEqual([400, `The form cannot be read: ${fault}`]);
  });
});

describe('PUT /upload/{path}', () => {
  it.each([
    ['/upload/Image', 'Image'],
    ['/upload/next/master/Image', 'Image'],
    ['/upload/next/Image/', 'Image'],
    ['/upload/a%20b/%C3%A9', 'é'],
  ])('takes a file: %s', async (path, name) => {
    const reply = await server.send('PUT', path, { as: TOKENS.superuser, body: Buffer.alloc(5000) });
    expect([reply.status, reply.json]).toEqual([
      201,
      { code: 201, result: [received(name, 5000)], reason: `File '${name}' saved` },
    ]);
  });

  it.each(['/upload', '/upload/', '/upload//'])('needs a path: %s', async (path) => {
    const { json } = await server.send('PUT', path, { as: TOKENS.superuser, body: 'x' });
    expect(json).toEqual({ code: 400, reason: 'Missing destination path' });
  });
});

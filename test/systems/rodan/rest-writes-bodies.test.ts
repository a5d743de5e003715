import { describe, expect, it } from 'vitest';
import { BuildgateError } from '../../../src/core/errors.js';
import type { DialectRequest } from '../../../src/server/dialect.js';
import { readList, readMembers } from '../../../src/systems/rodan/rest/body.js';

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = 'multipart/form-data; boundary=b';

function request(text: string | Uint8Array, type: string | undefined = JSON_TYPE): DialectRequest {
  return { body: Buffer.from(text), headers: { 'content-type': type } } as unknown as DialectRequest;
}

/** Details of the refusal. */
async function refused(work: Promise<unknown>): Promise<object> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BuildgateError) return { message: error.message, ...error.details };
    throw error;
  }
  throw new Error('It was not refused.');
}

const broken = (message: string) => ({ message });
const fault = (text: string) => ({ message: expect.any(String) as string, errors: { non_field_errors: [text] } });

describe('bodies', () => {
  it.each([JSON_TYPE, FORM, MULTIPART, 'text/plain', undefined])('an empty body counts as {} (%s)', async (type) => {
    const body = await readMembers({ ...request(''), headers: type === undefined ? {} : { 'content-type': type } });
    expect(body.has('name')).toBe(false);
    expect(body.get('name')).toBeUndefined();
  });

  it.each(['text/plain', 'application/xml; charset=utf-8', 'application/jsonp', ''])(
    'anything else with a body is an unsupported media type: %s',
    async (type) => {
      expect(await refused(readMembers(request('{}', type)))).toEqual({
        unsupportedMediaType: true,
        message: `Unsupported media type "${type}" in request.`,
      });
    },
  );

  it('parameters and case of the content type do not matter', async () => {
    expect((await readMembers(request('{"name":"a"}', 'Application/JSON; charset=utf-8'))).get('name')).toBe('a');
  });

  it.each([
    ['[]', 'list'],
    ['"x"', 'str'],
    ['5', 'int'],
    ['12345678901234567890123', 'int'],
    ['1.5', 'float'],
    ['1e400', 'float'],
    ['true', 'bool'],
  ])('a JSON body that is no object is refused with its type: %s', async (text, word) => {
    expect(await refused(readMembers(request(text)))).toEqual(
      fault(`Invalid data. Expected a dictionary, but got ${word}.`),
    );
  });

  it('JSON null is no data', async () => {
    expect(await refused(readMembers(request('null')))).toEqual(fault('No data provided'));
    expect(await refused(readList(request('null')))).toEqual(fault('No data provided'));
  });

  it.each([
    ['{', /^JSON parse error - ./],
    ['{"a":01}', /^JSON parse error - ./],
    ['{"a":NaN}', /^JSON parse error - ./],
    ['[NaN', /^JSON parse error - ./],
    [' ', /^JSON parse error - ./],
    [Buffer.from([0x7b, 0xff, 0x7d]), /^JSON parse error - the text is not UTF-8$/],
    ['['.repeat(100_000), /^JSON parse error - nested deeper than 90 levels$/],
  ])('unparsable JSON is told with the words of the parser', async (text, words) => {
    expect(await refused(readMembers(request(text)))).toEqual(broken(expect.stringMatching(words) as string));
  });

  it('of a form the last value of a field counts, and a list is all of them', async () => {
    const body = await readMembers(request('name=a&name=b+c&workflow_jobs=1&workflow_jobs=2&x=%E2%82%AC', FORM));
    expect(body.isForm).toBe(true);
    expect(body.get('name')).toBe('b c');
    expect(body.list('workflow_jobs')).toEqual(['1', '2']);
    expect(body.get('x')).toBe('€');
  });

  it('a multipart form is read like another form; its files are not looked at', async () => {
    const text = [
      '--b',
      'Content-Disposition: form-data; name="name"',
      '',
      'folio ü',
      '--b',
      'Content-Disposition: form-data; name="file"; filename="a.png"',
      '',
      'x',
      '--b--',
      '',
    ].join('\r\n');
    const body = await readMembers(request(text, MULTIPART));
    expect(body.get('name')).toBe('folio ü');
    expect(body.has('file')).toBe(false);
  });

  it.each([
    ['x', 'multipart/form-data', 'there is no boundary'],
    ['x', MULTIPART, 'it ends too early'],
  ])('a multipart body that cannot be taken apart is told so', async (text, type, words) => {
    expect(await refused(readMembers(request(text, type)))).toEqual(broken(`Multipart form parse error - ${words}`));
  });

  it('a body of names is a list', async () => {
    expect(await readList(request('["mia","leo"]'))).toEqual(['mia', 'leo']);
    for (const [text, type] of [
      ['', JSON_TYPE],
      ['{}', JSON_TYPE],
      ['name=mia', FORM],
    ] as const) {
      expect(await refused(readList(request(text, type)))).toEqual(
        fault('Expected a list of items but got type "dict".'),
      );
    }
    expect(await refused(readList(request('"mia"')))).toEqual(fault('Expected a list of items but got type "str".'));
  });

  it('members may be called anything', async () => {
    const body = await readMembers(request('{"__proto__":{"name":"x"},"constructor":1}'));
    expect(body.has('name')).toBe(false);
    expect(body.has('toString')).toBe(false);
    expect(body.get('constructor')).toBe(1);
    expect(body.get('__proto__')).toEqual({ name: 'x' });
  });
});

describe('members in the order of the document', () => {
  const orderOf = async (text: string): Promise<unknown> =>
    (await readMembers(request(text))).orderedMembers('resource_assignments').map(([name]) => name);

  it('names that are integers keep their place', async () => {
    const text =
      '{ "x" : {"9":1}, "resource_assignments": {"b":"1", "7" :[], "\\u0031": {"0":0}, "a\\"":"\\\\", "7":2} }';
    expect(await orderOf(text)).toEqual(['b', '7', '1', 'a"']);
  });

  it('of a name sent twice the last value counts', async () => {
    const body = await readMembers(
      request('{"resource_assignments":{"7":1},"resource_assignments":{"b":1,"3":2,"b":3}}'),
    );
    expect(body.orderedMembers('resource_assignments')).toEqual([
      ['b', 3],
      ['3', 2],
    ]);
  });

  it('names that an object of JavaScript has anyway are names', async () => {
    expect(await orderOf('{"resource_assignments":{"__proto__":1,"5":2,"constructor":3}}')).toEqual([
      '__proto__',
      '5',
      'constructor',
    ]);
  });

  it('what is no object has none', async () => {
    for (const value of ['null', '[1]', '"5"', '5', '1e400']) {
      expect(await orderOf(`{"resource_assignments":${value}}`)).toEqual([]);
    }
  });

  it('a megabyte of it is taken in a moment', async () => {
    const names = Array.from({ length: 100_000 }, (_, index) => `"${index % 2 ? 'a' : ''}${100_000 - index}":"\\"x"`);
    expect(await orderOf(`{"resource_assignments":{${names.join()}}}`)).toHaveLength(100_000);
  });
});

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { boundaryOf, BrokenMultipart, formParts } from '../../src/server/multipart.js';

/** The text in pieces of so many bytes. */
async function* inPieces(text: string | Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Memory of what is still referred to. */
function reachableBytes(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const FORM = [
  'this comes before the first part\r\n--x-y\r\n',
  'Content-Disposition: form-data; name="path"\r\n\r\na/bü\r\n',
  '--x-y  \r\ncontent-type: application/octet-stream\r\nCONTENT-DISPOSITION: form-data; name=file0; filename="dtbs/\\"a\\".dtb"\r\n\r\n',
  'line\r\n--x\r\n\r\n--x-\r\n',
  '--x-y\r\nContent-Disposition: form-data; name="empty"; filename=""\r\n\r\n\r\n--x-y\r\n\r\nno head\r\n--x-y--\r\nand after',
].join('');

describe('a multipart form', () => {
  it.each([1, 2, 3, 5, 7, 11, 64, 10_000])('is read in pieces of %d bytes', async (size) => {
    expect(await formParts(inPieces(FORM, size), 'x-y')).toEqual([
      { name: 'path', text: 'a/bü', size: 5 },
      { name: 'file0', fileName: 'dtbs/"a".dtb', text: '', size: 17 },
      { name: 'empty', fileName: '', text: '', size: 0 },
      { name: '', text: 'no head', size: 7 },
    ]);
  });

  it('may have files of any size, of which nothing is kept', async () => {
    const piece = Buffer.alloc(1024 * 1024, '\r\n--x');
    let kept = 0;
    async function* large(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('--xx\r\nContent-Disposition: form-data; name="f"; filename="vmlinux"\r\n\r\n');
      const before = reachableBytes();
      for (let count = 0; count < 300; count += 1) yield piece;
      kept = reachableBytes() - before;
      yield Buffer.from('\r\n--xx--');
    }
    const parts = await formParts(large(), 'xx');
    expect(parts).toEqual([{ name: 'f', fileName: 'vmlinux', text: '', size: 300 * piece.length }]);
    // Less than half: what else happens in the process is in it, too.
    expect(kept).toBeLessThan(150 * piece.length);
  });

  it('without parts has none', async () => {
    expect(await formParts(inPieces('--x--', 2), 'x')).toEqual([]);
  });

  it.each([
    ['', 'it ends too early'],
    ['--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nvalue', 'it ends too early'],
    ['--x\r\nContent-Disposition', 'it ends too early'],
    ['--xyz\r\n\r\n', 'a boundary is followed by text'],
    [`--x${' '.repeat(300)}`, 'a boundary is followed by text'],
    [`--x\r\nX: ${'y'.repeat(20_000)}`, 'the head of a part is too long'],
    [`--x\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 'the head of a part is too long'],
    [
      `--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n${'y'.repeat(70_000)}\r\n--x--`,
      'the field a is too long',
    ],
    [`${'--x\r\n\r\n\r\n'.repeat(10_001)}--x--`, 'it has too many parts'],
  ])('that is broken is refused: %.20j: %s', async (text, fault) => {
    for (const size of [1000, 100_000_000])
      await expect(formParts(inPieces(text, size), 'x')).rejects.toThrow(new BrokenMultipart(fault));
  });

  it.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['multipart/form-data;charset=x; Boundary="a b"', 'a b'],
  ])('has its boundary in the content type: %s', (type, boundary) => {
    expect(boundaryOf(type)).toBe(boundary);
  });

  it.each([
    'multipart/form-data',
    'multipart/form-data; boundary=',
    `multipart/form-data; boundary=${'x'.repeat(201)}`,
  ])('needs one: %.60s', (type) => {
    expect(() => boundaryOf(type)).toThrow(new BrokenMultipart('there is no boundary'));
  });
});

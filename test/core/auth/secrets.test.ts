import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SecretBox } from '../../../src/core/auth/secrets.js';

const TOKEN = 'a0000000-aaaa-4aaa-8aaa-0000000000a1';
const SECRET = 'x'.repeat(32);

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'buildgate-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kept = (secret: string): SecretBox => SecretBox.open({ secret, file: null });
const inFile = (...names: string[]): SecretBox => SecretBox.open({ secret: null, file: join(folder, ...names) });

describe('A sealed text', () => {
  it.each([TOKEN, '', 'ü 😀', 'x'.repeat(100_000)])('is opened by the same key again', (text) => {
    const sealed = kept(SECRET).seal(text);
    expect(sealed).toMatch(/^v1\.[A-Za-z0-9_-]+$/);
    expect(kept(SECRET).unseal(sealed)).toBe(text);
  });

  it('does not show the text, and is another one each time', () => {
    const [one, other] = [kept(SECRET).seal(TOKEN), kept(SECRET).seal(TOKEN)];
    expect(one).not.toBe(other);
    for (const sealed of [one, other]) {
      expect(Buffer.from(sealed.slice(3), 'base64url').toString('latin1')).not.toContain(TOKEN.slice(0, 8));
    }
  });

  it('is not opened by another key', () => {
    expect(kept('y'.repeat(32)).unseal(kept(SECRET).seal(TOKEN))).toBeNull();
  });

  it('is not opened when anything in it was changed', () => {
    const sealed = kept(SECRET).seal(TOKEN);
    for (let index = 3; index < sealed.length - 1; index++) {
      const other = sealed[index] === 'A' ? 'B' : 'A';
      expect(kept(SECRET).unseal(sealed.slice(0, index) + other + sealed.slice(index + 1))).toBeNull();
    }
    const bytes = sealed.slice(3);
    for (const text of ['', 'v1.', TOKEN, bytes, `v2.${bytes}`, `v1.${bytes.slice(0, 20)}`, 'v1.ü']) {
      expect(kept(SECRET).unseal(text)).toBeNull();
    }
  });
});

describe('A key in a file', () => {
  it('is made at first use, for the owner alone, and opens what it sealed from then on', () => {
    const box = inFile('data', 'key');
    expect(readdirSync(folder)).toEqual([]);
    const sealed = box.seal(TOKEN);
    expect(readdirSync(join(folder, 'data'))).toEqual(['key']);
    expect(statSync(join(folder, 'data', 'key'))).toMatchObject({ size: 32 });
    expect(statSync(join(folder, 'data', 'key')).mode & 0o777).toBe(0o600);
    expect(inFile('data', 'key').unseal(sealed)).toBe(TOKEN);
    expect(inFile('other').unseal(sealed)).toBeNull();
  });

  it('is not made to open a text, which nothing here has sealed then', () => {
    expect(inFile('key').unseal(kept(SECRET).seal(TOKEN))).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is the one that came first', () => {
    const [one, other] = [inFile('key'), inFile('key')];
    const sealed = one.seal(TOKEN);
    const before = readFileSync(join(folder, 'key'));
    expect(other.unseal(sealed)).toBe(TOKEN);
    expect(readFileSync(join(folder, 'key'))).toEqual(before);
  });

  it('counts less than a given one', () => {
    const file = join(folder, 'key');
    const sealed = SecretBox.open({ secret: SECRET, file }).seal(TOKEN);
    expect(kept(SECRET).unseal(sealed)).toBe(TOKEN);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is refused when it is too short or no file, which is then left alone', () => {
    writeFileSync(join(folder, 'short'), 'x'.repeat(31));
    expect(() => inFile('short').seal(TOKEN)).toThrow('short is no key: it has less than 32 bytes.');
    mkdirSync(join(folder, 'folder'));
    expect(() => inFile('folder').seal(TOKEN)).toThrow('EISDIR');
    expect(readFileSync(join(folder, 'short'), 'utf8')).toBe('x'.repeat(31));
  });
});

describe('Without a key and without a file', () => {
  it('one process opens what it sealed', () => {
    const box = SecretBox.open({ secret: null, file: null });
    expect(SecretBox.open({ secret: null, file: null }).unseal(box.seal(TOKEN))).toBe(TOKEN);
    expect(kept(SECRET).unseal(box.seal(TOKEN))).toBeNull();
  });
});

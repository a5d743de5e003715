import { createHash, pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { checkPassword, hashPassword } from '../../../src/core/auth/passwords.js';

const PASSWORD = 'Öffne \0dich: Sesam ';
const hex = (algorithm: string, text: string) => createHash(algorithm).update(text).digest('hex');

let kept: Promise<string> | undefined;

describe('A password', () => {
  it('is stored with a salt of its own, and found right again', async () => {
    const hashes = [await hashPassword(PASSWORD), await hashPassword(PASSWORD)];
    for (const hash of hashes) {
      expect(hash).toMatch(/^scrypt\$16384\$8\$5\$[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=$/);
      expect(await checkPassword(hash, PASSWORD)).toBe('right');
    }
    expect(hashes[0]).not.toBe(hashes[1]);
  });

  it.each(['', PASSWORD.trim(), PASSWORD.slice(0, -1), `${PASSWORD}x`, PASSWORD.toLowerCase()])(
    'is wrong when it is another: %j',
    async (other) => {
      const stored = await (kept ??= hashPassword(PASSWORD));
      expect(await checkPassword(stored, other)).toBe('wrong');
    },
  );

  it.each([
    ['sha1', `sha1$3f2ä$${hex('sha1', `3f2ä${PASSWORD}`)}`],
    ['sha1 in capitals', `sha1$a$${hex('sha1', `a${PASSWORD}`).toUpperCase()}`],
    ['md5', `md5$3f2ä$${hex('md5', `3f2ä${PASSWORD}`)}`],
    ['md5 without a salt', `md5$$${hex('md5', PASSWORD)}`],
    [
      'PBKDF2 with SHA-256',
      `pbkdf2_sha256$20$salt$${pbkdf2Sync(PASSWORD, 'salt', 20, 32, 'sha256').toString('base64')}`,
    ],
    ['PBKDF2 with SHA-1', `pbkdf2_sha1$1$salt$${pbkdf2Sync(PASSWORD, 'salt', 1, 20, 'sha1').toString('base64')}`],
  ])("of Django's %s is right and to be stored anew", async (_name, stored) => {
    expect(await checkPassword(stored, PASSWORD)).toBe('outdated');
    expect(await checkPassword(stored, `${PASSWORD}x`)).toBe('wrong');
  });

  it.each([
    ['lètmein', 'sha1$seasalt$cff36ea83f5706ce9aa7454e63e431fc726b2dc8'],
    ['lètmein', 'md5$seasalt$3f86d0d3d465b7b458c231bf3555c0e3'],
    ['letmein', 'pbkdf2_sha256$10000$seasalt$FQCNpiZpTb0zub+HBsH6TOwyRxJ19FwvjbweatNmK/Y='],
    ['letmein', 'pbkdf2_sha1$10000$seasalt$91JiNKgwADC8j2j86Ije/cc4vfQ='],
  ])("has the stored forms of Django's own tests: %s", async (password, stored) => {
    expect(await checkPassword(stored, password)).toBe('outdated');
  });

  it.each([
    '',
    '!',
    PASSWORD,
    `plain$${PASSWORD}`,
    'sha1',
    'sha1$',
    'sha1$salt',
    'sha1$salt$',
    `sha1$${hex('sha1', PASSWORD)}`,
    `sha1$$${hex('sha1', PASSWORD)}$x`,
    `sha1$$${hex('md5', PASSWORD)}`,
    'md5$$zz',
    'pbkdf2_sha256$0$salt$',
    'pbkdf2_sha256$-1$salt$aa',
    'pbkdf2_sha256$99999999999$salt$aa',
    'pbkdf2_sha256$10000001$salt$aa',
    'pbkdf2_sha256$x$salt$aa',
    'scrypt',
    'scrypt$16384$8$5$$',
    'scrypt$16384$8$5$AAAA$AAAA$AAAA',
    'scrypt$1073741824$8$5$AAAA$AAAA',
    '__proto__$a$b',
    'constructor$a$b',
  ])('is wrong for a stored text of no known form: %j', async (stored) => {
    for (const password of ['', PASSWORD]) expect(await checkPassword(stored, password)).toBe('wrong');
  });
});

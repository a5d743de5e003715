import { createHash, pbkdf2, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** `outdated`: right, and the stored form should be replaced by a new one. */
export type PasswordCheck = 'right' | 'outdated' | 'wrong';

/** How to check a password against one stored form; undefined when the text is not of that form. */
type Check = (parts: readonly string[], password: string) => Promise<Buffer[] | undefined>;

const scryptOf = promisify<string, Buffer, number, object, Buffer>(scrypt);
const pbkdf2Of = promisify(pbkdf2);

/** What OWASP's password storage cheat sheet asks for: 16 MiB and some tens of milliseconds. */
const COST = { N: 16_384, r: 8, p: 5 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const CURRENT = `scrypt$${COST.N}$${COST.r}$${COST.p}$`;

/** Stored rounds beyond this are no hash of ours or Django's: a login must not take minutes. */
const MAX_ROUNDS = 10_000_000;

/** A salted hash of a password, in the form `scrypt$16384$8$5$SALT$HASH` (salt and hash in base64). */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await scryptOf(password, salt, HASH_BYTES, COST);
  return `${CURRENT}${salt.toString('base64')}$${hash.toString('base64')}`;
}

const OWN_HASH = new RegExp(`^${CURRENT.replaceAll('$', '\\$')}[A-Za-z0-9+/]+={0,2}\\$[A-Za-z0-9+/]+={0,2}$`);

/** Whether a text has the form that `hashPassword` gives. */
export function isOwnHash(text: string): boolean {
  return OWN_HASH.test(text);
}

/**
 * Compares a password with a stored hash: scrypt as above, or one of Django's forms (`sha1$SALT$HEX`, `md5$SALT$HEX`,
 * `pbkdf2_sha256$ROUNDS$SALT$BASE64`, `pbkdf2_sha1$…`). A text of no known form is nobody's password. Never rejects.
 */
export async function checkPassword(stored: string, password: string): Promise<PasswordCheck> {
  const [scheme = '', ...parts] = stored.split('$');
  const [expected, actual] = (await SCHEMES.get(scheme)?.(parts, password)) ?? [];
  if (!expected || !actual || expected.length !== actual.length || !timingSafeEqual(expected, actual)) return 'wrong';
  return stored.startsWith(CURRENT) ? 'right' : 'outdated';
}

const SCHEMES: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['scrypt', checkScrypt],
  ['sha1', digestCheck('sha1')],
  ['md5', digestCheck('md5')],
  ['pbkdf2_sha256', pbkdf2Check('sha256', 32)],
  ['pbkdf2_sha1', pbkdf2Check('sha1', 20)],
]);

/** The costs of the form are fixed, so that no stored text decides how much memory a login takes. */
async function checkScrypt(parts: readonly string[], password: string): Promise<Buffer[] | undefined> {
  const [n, r, p, salt = '', hash = '', ...rest] = parts;
  if (`scrypt$${n}$${r}$${p}$` !== CURRENT || rest.length > 0) return undefined;
  const actual = await scryptOf(password, Buffer.from(salt, 'base64'), HASH_BYTES, COST);
  return [Buffer.from(hash, 'base64'), actual];
}

/** The digest of the salt followed by the password, both UTF-8. */
function digestCheck(algorithm: 'sha1' | 'md5'): Check {
  return async ([salt = '', hex = '', ...rest], password) => {
    if (rest.length > 0) return undefined;
    const actual = createHash(algorithm)
      .update(salt + password)
      .digest();
    return [Buffer.from(hex, 'hex'), actual];
  };
}

function pbkdf2Check(digest: 'sha256' | 'sha1', length: number): Check {
  return async ([rounds = '', salt = '', hash = '', ...rest], password) => {
    const count = /^[1-9]\d{0,8}$/.test(rounds) ? Number(rounds) : Infinity;
    if (count > MAX_ROUNDS || rest.length > 0) return undefined;
    return [Buffer.from(hash, 'base64'), await pbkdf2Of(password, salt, count, length, digest)];
  };
}

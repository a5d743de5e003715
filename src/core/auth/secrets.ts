import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where an installation's key comes from. */
export interface SecretSettings {
  /** Any long text; it counts more than the file. */
  readonly secret: string | null;
  /** File with 32 random bytes, made when it is first needed; null: the key ends with the process. */
  readonly file: string | null;
}

const VERSION = 'v1.';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

let ofProcess: Buffer | undefined;

/**
 * Encrypts texts that must be shown again, such as the tokens of old clients, with a key of the installation
 * (AES-256-GCM). The key is read when a text is first sealed or unsealed, and its file made when one is first sealed.
 */
export class SecretBox {
  readonly #settings: SecretSettings;
  #key: Buffer | undefined;

  private constructor(settings: SecretSettings) {
    this.#settings = settings;
  }

  /** The box of an installation; all boxes with the same settings open each other's texts. */
  static open(settings: SecretSettings): SecretBox {
    return new SecretBox(settings);
  }

  /**
   * The text, encrypted: another one each time.
   * @throws Error when the file of the key cannot be read or made
   */
  seal(text: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#keyBytes(), iv, { authTagLength: TAG_BYTES });
    const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return `${VERSION}${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /**
   * The text that was sealed; null when that was done with another key, when there is no key here, or when it was
   * changed since.
   * @throws Error when the file of the key cannot be read
   */
  unseal(sealed: string): string | null {
    const bytes = Buffer.from(sealed.slice(VERSION.length), 'base64url');
    if (!sealed.startsWith(VERSION) || bytes.length < IV_BYTES + TAG_BYTES) return null;
    const key = this.#knownKey();
    if (!key) return null;
    const iv = bytes.subarray(0, IV_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
    } catch {
      return null;
    }
  }

  #keyBytes(): Buffer {
    return this.#knownKey() ?? (this.#key = derived(newMaterial(this.#settings.file)));
  }

  #knownKey(): Buffer | undefined {
    if (this.#key) return this.#key;
    const known = knownMaterial(this.#settings);
    return known && (this.#key = derived(known));
  }
}

function derived(material: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', material, '', 'buildgate secrets', KEY_BYTES));
}

function knownMaterial({ secret, file }: SecretSettings): Buffer | undefined {
  if (secret !== null) return Buffer.from(secret);
  return file === null ? ofProcess : sound(file, readKey(file));
}

function newMaterial(file: string | null): Buffer {
  return file === null ? (ofProcess = randomBytes(KEY_BYTES)) : sound(file, makeKey(file));
}

function sound<Key extends Buffer | undefined>(file: string, key: Key): Key {
  if (key && key.length < KEY_BYTES) throw new Error(`${file} is no key: it has less than ${KEY_BYTES} bytes.`);
  return key;
}

function readKey(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the file as a whole, so that another process sees all of it or nothing; who comes first decides the key. */
function makeKey(file: string): Buffer {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  const handle = openSync(draft, 'wx', 0o600);
  try {
    writeSync(handle, randomBytes(KEY_BYTES));
    fsyncSync(handle);
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    closeSync(handle);
    unlinkSync(draft);
  }
  return readFileSync(file);
}

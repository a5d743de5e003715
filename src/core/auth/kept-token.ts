import { createHash } from 'node:crypto';
import type { SecretBox } from './secrets.js';

/** A token that is shown again, as columns keep it. */
export interface KeptToken {
  /** SHA-256, hexadecimal. */
  readonly hash: string;
  /** Encrypted with the key of the installation. */
  readonly sealed: string;
}

/** Tokens are looked up by hash, so that nothing is compared with a secret. They are random: no salt is needed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

/** A token as columns keep it. */
export function keepToken(secrets: SecretBox, token: string): KeptToken {
  return { hash: hashToken(token), sealed: secrets.seal(token) };
}

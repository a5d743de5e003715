import type { System } from '../model/states.js';
import { checkPassword, hashPassword } from './passwords.js';

/** What the name of a member looks like: it can stand in a path and in front of the colon of Basic credentials. */
export const MEMBER_NAME = /^[^\p{Cc}\p{Cs}/:]{1,150}$/u;

/** What a member is made of. */
export interface SignedInMember {
  readonly system: System;
  /** Null for a newcomer: nobody has the name. */
  readonly id: number | null;
  readonly name: string;
  /** The password that they signed in with, which leaves the member as a hash only; null: they showed a token. */
  readonly password: string | null;
  /** Gives a salted hash of the password, where it may be known already. */
  readonly hash?: () => Promise<string>;
}

/** A user whom one system has for itself and who signed in with a password or a token of that system. */
export class Member {
  readonly system: System;
  readonly name: string;
  readonly #password: string | null;
  readonly #newHash: (() => Promise<string>) | undefined;
  #id: number | null;
  #hash: Promise<string | null> | undefined;

  constructor({ system, id, name, password, hash }: SignedInMember) {
    this.system = system;
    this.name = name;
    this.#id = id;
    this.#password = password;
    this.#newHash = hash ?? (password === null ? undefined : () => hashPassword(password));
  }

  /** Internal id; null for a newcomer, who is stored only when a verb says so (`ensureMember`). */
  get id(): number | null {
    return this.#id;
  }

  /** Remembers that a newcomer has been stored. */
  becameStored(id: number): void {
    this.#id = id;
  }

  /** A salted hash of the password that they signed in with: the same one each time; null when they showed a token. */
  passwordHash(): Promise<string | null> {
    return (this.#hash ??= this.#newHash?.() ?? Promise.resolve(null));
  }

  /** Whether a stored hash is of the password that they signed in with. */
  async hasPassword(stored: string): Promise<boolean> {
    if (this.#password === null) return false;
    return stored === (await this.passwordHash()) || (await checkPassword(stored, this.#password)) !== 'wrong';
  }
}

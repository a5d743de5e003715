import type { Authenticator } from '../../../core/auth/authenticator.js';
import { basicCredentials } from '../../../core/auth/basic-credentials.js';
import { hashToken } from '../../../core/auth/kept-token.js';
import { MemberLogin } from '../../../core/auth/member-login.js';
import { hashPassword } from '../../../core/auth/passwords.js';
import { ANONYMOUS, UNRESTRICTED, type Principal } from '../../../core/auth/principal.js';
import { BuildgateError } from '../../../core/errors.js';
import type { Store } from '../../../core/store/store.js';
import { principalOf } from './callers.js';
import { unauthenticated } from './refusals.js';
import { userByName, userByTokenHash, type StoredUser } from './stored-users.js';

/** What is needed to know users. */
export interface RodanUsersOptions {
  readonly store: Store;
  /** Knows the gateway's own tokens, which the old API takes too. */
  readonly authenticator: Authenticator;
  /** `none`: everybody may do everything. */
  readonly mode: 'token' | 'none';
}

const GATEWAY_TOKEN = /^bg_/;
/** What separates the words of a header: blanks of ASCII, not of Unicode. */
const BLANKS = /[ \t\n\v\f\r]+/;

/** Tells users by their credentials (contract rodan, section 4). */
export class RodanUsers {
  readonly #options: RodanUsersOptions;
  readonly #login: MemberLogin;

  constructor(options: RodanUsersOptions) {
    this.#options = options;
    this.#login = new MemberLogin(options.store);
  }

  /**
   * Who an `Authorization` header names: a key of a user or of the gateway (`Token` or `Bearer`), or name and password
   * (`Basic`). Without it, and with a scheme of another name, the caller is anonymous.
   * @throws BuildgateError UNAUTHENTICATED, with the old text, when the credentials are bad
   */
  async identify(authorization: string | undefined): Promise<Principal> {
    if (this.#options.mode === 'none') return UNRESTRICTED;
    const [scheme = '', ...words] = (authorization ?? '').split(BLANKS).filter((word) => word !== '');
    switch (scheme.toLowerCase()) {
      case 'token':
      case 'bearer':
        return this.#byToken(words);
      case 'basic':
        return this.#byPassword(authorization ?? '');
      default:
        return ANONYMOUS;
    }
  }

  /**
   * Whether a password is the user's. For nobody, and for a user without a password, it takes as long as for one who has
   * another: the time does not tell which names there are.
   */
  async hasPassword(user: StoredUser | undefined, password: string): Promise<boolean> {
    if (user && user.passwordHash !== null) return this.#login.isRight(user, password);
    await hashPassword(password);
    return false;
  }

  async #byToken([key, ...more]: readonly string[]): Promise<Principal> {
    if (key === undefined) throw unauthenticated('tokenMissing');
    if (more.length > 0) throw unauthenticated('tokenWithSpaces');
    if (GATEWAY_TOKEN.test(key)) return this.#byGatewayToken(key);
    const user = await userByTokenHash(this.#options.store.reader, hashToken(key));
    if (!user) throw unauthenticated('tokenUnknown');
    return principalOf(active(user), null);
  }

  /** The account of a token of the gateway: it acts as the user of its name, who must be active if there is one. */
  async #byGatewayToken(key: string): Promise<Principal> {
    const { authenticator, store } = this.#options;
    const principal = await authenticator.authenticate(`Bearer ${key}`).catch((error: unknown) => {
      throw error instanceof BuildgateError ? unauthenticated('tokenUnknown') : error;
    });
    const user = await userByName(store.reader, principal.userName ?? '');
    if (user && !principal.admin) active(user);
    return principal;
  }

  async #byPassword(header: string): Promise<Principal> {
    const credentials = basicCredentials(header.trim());
    if (!credentials) throw unauthenticated('passwordWrong');
    const { name, password } = credentials;
    const user = await userByName(this.#options.store.reader, name);
    if (!(await this.hasPassword(user, password)) || !user) throw unauthenticated('passwordWrong');
    return principalOf(active(user), password);
  }
}

/** @throws BuildgateError UNAUTHENTICATED when the user is not active */
function active(user: StoredUser): StoredUser {
  if (!user.active) throw unauthenticated('userInactive');
  return user;
}

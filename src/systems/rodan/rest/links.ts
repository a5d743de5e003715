import type { DialectRequest } from '../../../server/dialect.js';
import type { LinkKind } from '../link-kind.js';

/** Absolute URLs as the client reached the mount (contract rodan, section 3). */
export class Links {
  readonly #base: string;

  constructor({ origin, prefix }: Pick<DialectRequest, 'origin' | 'prefix'>) {
    this.#base = `${origin}${prefix}`;
  }

  /** URL of a path below the mount. @param path begins with `/`, encoded */
  to(path: string): string {
    return `${this.#base}${path}`;
  }

  /** Link to an object. @param uuid in lower case with dashes */
  of(kind: LinkKind, uuid: string): string {
    return this.to(`/${kind}/${uuid}/`);
  }

  /** Link to an object that there may not be. */
  maybe(kind: LinkKind, uuid: string | null): string | null {
    return uuid === null ? null : this.of(kind, uuid);
  }

  /** Links to several objects. */
  all(kind: LinkKind, objects: readonly { readonly uuid: string }[]): string[] {
    return objects.map(({ uuid }) => this.of(kind, uuid));
  }

  /** Link to a user by number. */
  user(number: number): string {
    return this.to(`/user/${number}/`);
  }

  /** URL of a file. @param path behind `/uploads/`, as stored */
  file(path: string | null): string | null {
    return path === null ? null : this.to(`/uploads/${path}`);
  }
}

import { raw, type Sql } from '../../../core/store/sql.js';
import type { LinkKind } from '../link-kind.js';

/** References as an import reads them (contract rodan, section 14). */

/** A link without the host that it once had. */
export function link(kind: LinkKind | 'user', id: string | number): string {
  return `/${kind}/${id}/`;
}

/** The same of what may not be there. */
export function maybeLink(kind: LinkKind | 'user', id: string | number | null): string | null {
  return id === null ? null : link(kind, id);
}

/** SQL of the name of the user whose number is in a column; null when there is none. */
export function nameOf(column: string): Sql {
  return raw(`(SELECT m.name FROM rodan_user u JOIN member m ON m.id = u.id WHERE u.number = ${column})`);
}

import { objectText } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import { tableArray, type ExportContext, type ExportedArray } from '../../../core/export/run.js';
import { parseExact } from '../../../core/json.js';
import { raw } from '../../../core/store/sql.js';
import { TOKEN } from '../fields.js';
import { NAMINGS } from '../import/arrays.js';
import { ownTable } from '../import/tables.js';

interface TokenRow {
  readonly oid: string;
  readonly sealed: string;
  /** Without the token itself. */
  readonly document: string;
}

/** Tokens with what they are: those that cannot be decrypted are left out, since a hash lets nobody in. */
export function tokens({ secrets, remarks }: ExportContext): ExportedArray {
  const { array, one, many } = NAMINGS.token;
  return tableArray<TokenRow>({
    key: array,
    name: { one, many },
    source: {
      select: raw('oid AS oid, token_sealed AS sealed, document AS document'),
      from: raw(ownTable(TOKEN).name),
      key: ['id'],
      weight: bytesOf('document'),
    },
    elements: (rows) =>
      rows.flatMap(({ oid, sealed, document }) => {
        const token = secrets.unseal(sealed);
        if (token !== null) return [objectText({ ...(parseExact(document) as Record<string, unknown>), token })];
        remarks.add(
          'tokens that are left out, because they cannot be decrypted with the key of this installation',
          oid,
        );
        return [];
      }),
  });
}

import type { CopyRow } from './database.js';

const SPECIAL = /[\\\n\r\t]/;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Rows in the text format of `COPY`. The server reads the values by the types of the columns: 0 and 1 as booleans, too. */
export function copyText(rows: readonly CopyRow[]): string {
  let text = '';
  for (const row of rows) {
    text += valueText(row[0]);
    for (let index = 1; index < row.length; index++) text += `\t${valueText(row[index])}`;
    text += '\n';
  }
  return text;
}

function valueText(value: CopyRow[number] | undefined): string {
  if (value === null || value === undefined) return '\\N';
  if (typeof value !== 'string') return String(value);
  if (!SPECIAL.test(value)) return value;
  return value.replace(/[\\\n\r\t]/g, (character) => ESCAPES[character] as string);
}

const SPACE_OR_STRING = /"[^"\\]*(?:\\.[^"\\]*)*"|\s+/g;

/** JSON without spaces between its tokens, as the embedded database keeps it; numbers keep all their digits. */
export function compactJson(text: string): string {
  return text.replace(SPACE_OR_STRING, (token) => (token.startsWith('"') ? token : ''));
}

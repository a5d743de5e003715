import { BuildgateError } from '../../core/errors.js';
import { storableText } from '../../core/store/transaction.js';

/**
 * Bytes of UTF-8 that an indexed text may have: PostgreSQL refuses to index more than 2,704. The old server had room for
 * 250 characters.
 */
export const MAX_INDEXED = 2000;

/** Bytes of JSON that `client` may have: lists read it with every build, a thousand to a page. */
export const MAX_CLIENT = 128 * 1024;

/** Whether an indexed column can hold a text as it is. */
export function isIndexable(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_INDEXED && !text.includes('\0') && text.isWellFormed();
}

/**
 * Text that an indexed column can hold as it is.
 * @throws BuildgateError INVALID naming the field
 */
export function indexableText(field: string, text: string): string {
  storableText(field, text);
  if (!isIndexable(text)) {
    throw new BuildgateError('INVALID', `${field}: must not take more than ${MAX_INDEXED} bytes of UTF-8.`);
  }
  return text;
}

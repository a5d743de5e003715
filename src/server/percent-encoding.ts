import { isUtf8 } from 'node:buffer';

const lenientText = new TextDecoder('utf-8', { ignoreBOM: true });
const strictText = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** Resolves `%XX`; a `%` without two hex digits behind it stays as it is and is reported. */
function unescapeBytes(text: string): { bytes: Uint8Array; malformed: boolean } {
  const source = Buffer.from(text, 'latin1');
  const bytes = Buffer.alloc(source.length);
  let length = 0;
  let malformed = false;
  for (let at = 0; at < source.length; at += 1) {
    const byte = source[at]!;
    if (byte !== 0x25) {
      bytes[length++] = byte;
      continue;
    }
    const digits = text.slice(at + 1, at + 3);
    if (/^[0-9A-Fa-f]{2}$/.test(digits)) {
      bytes[length++] = Number.parseInt(digits, 16);
      at += 2;
    } else {
      malformed = true;
      bytes[length++] = byte;
    }
  }
  return { bytes: bytes.subarray(0, length), malformed };
}

/**
 * Decodes a piece of a query as the old servers did: `+` is a space, broken escapes stay literal, bytes that are no
 * UTF-8 become replacement characters. Never throws.
 * @param text the piece as Node gives it: one character per byte
 */
export function decodeFormText(text: string): string {
  if (/^[\x21-\x24\x26-\x2a\x2c-\x7e]*$/.test(text)) return text;
  return lenientText.decode(unescapeBytes(text.replaceAll('+', ' ')).bytes);
}

/** Whether a piece of a query is UTF-8 once its escapes are resolved. */
export function isUtf8FormText(text: string): boolean {
  return /^[\x21-\x24\x26-\x7e]*$/.test(text) || isUtf8(unescapeBytes(text).bytes);
}

/**
 * Decodes one path segment exactly once, as UTF-8; `+` is a plus.
 * @returns undefined when an escape is broken or the bytes are no UTF-8: such an address names nothing
 */
export function decodePathSegment(segment: string): string | undefined {
  if (/^[\x21-\x24\x26-\x7e]*$/.test(segment)) return segment;
  const { bytes, malformed } = unescapeBytes(segment);
  if (malformed) return undefined;
  try {
    return strictText.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Encodes a name or value for a query: UTF-8, space as `+`, only letters, digits and `-._~` unescaped. */
export function encodeFormText(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Deepest nesting inside one value; more is no data, and would exhaust the stack of whoever prints it again. */
const MAX_DEPTH = 500;

const OPENS = 1;
const CLOSES = 2;
const STRING = 3;
/** What a byte outside of a string means for the nesting. */
const MEANING = new Uint8Array(256);
for (const byte of Buffer.from('{[')) MEANING[byte] = OPENS;
for (const byte of Buffer.from('}]')) MEANING[byte] = CLOSES;
MEANING[QUOTE] = STRING;

const ENDS_SCALAR = new Uint8Array(256);
for (const byte of Buffer.from(',]} \t\r\n')) ENDS_SCALAR[byte] = 1;

/** Finds where a JSON value ends, over any number of chunks. Whether it is JSON at all is the parser's to say. */
export class ValueScanner {
  #scalar = false;
  #depth = 0;
  #inString = false;
  #escaped = false;

  /** Starts a value at its first byte. */
  begin(first: number): void {
    const meaning = MEANING[first];
    this.#depth = meaning === OPENS ? 1 : 0;
    this.#inString = meaning === STRING;
    this.#scalar = meaning !== OPENS && meaning !== STRING;
    this.#escaped = false;
  }

  /**
   * Goes on from a position; gives the position after the value's last byte, or -1 when the chunk ends before.
   * @throws RangeError when the value is nested too deeply
   */
  scan(chunk: Uint8Array, from: number): number {
    if (this.#scalar) return scalarEnd(chunk, from);
    let at = from;
    while (at < chunk.length) {
      at = this.#inString ? this.#stringEnd(chunk, at) : this.#structure(chunk, at);
      if (this.#depth === 0 && !this.#inString) return at;
    }
    return -1;
  }

  #stringEnd(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped && at < chunk.length) {
      this.#escaped = false;
      at++;
    }
    for (; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
      if (byte === BACKSLASH && ++at === chunk.length) this.#escaped = true;
    }
    return chunk.length;
  }

  /** Passes over brackets until a string begins or the value is closed. */
  #structure(chunk: Uint8Array, from: number): number {
    let depth = this.#depth;
    let at = from;
    for (; at < chunk.length; at++) {
      const meaning = MEANING[chunk[at] as number];
      if (meaning === 0) continue;
      if (meaning === STRING) {
        this.#inString = true;
        break;
      }
      depth += meaning === OPENS ? 1 : -1;
      if (depth === 0) break;
      if (depth > MAX_DEPTH) throw new RangeError(`nested deeper than ${MAX_DEPTH} levels`);
    }
    this.#depth = depth;
    return Math.min(at + 1, chunk.length);
  }
}

function scalarEnd(chunk: Uint8Array, from: number): number {
  for (let at = from; at < chunk.length; at++) if (ENDS_SCALAR[chunk[at] as number] === 1) return at;
  return -1;
}

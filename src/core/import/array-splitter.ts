import { BuildgateError } from '../errors.js';
import { parseJson } from './json-text.js';
import { ValueScanner } from './value-scanner.js';

/** One element of one of the arrays that were asked for. */
export interface Element {
  /** Key of the array in the top-level object. */
  readonly key: string;
  /** Position in the array, from 0. */
  readonly index: number;
  readonly value: unknown;
}

/** The top-level arrays of a format. */
export interface ArrayNames {
  /** Those whose elements are wanted. */
  readonly wanted: readonly string[];
  /** Those of them that must be there; one at least, whichever it is, when none is said. */
  readonly required: readonly string[];
}

/** Where the reader stands in the top-level object. */
enum At {
  START,
  FIRST_KEY,
  KEY,
  COLON,
  VALUE,
  FIRST_ELEMENT,
  ELEMENT,
  AFTER_ELEMENT,
  AFTER_VALUE,
  END,
}

const EXPECTED: Readonly<Record<At, string>> = {
  [At.START]: 'a JSON object',
  [At.FIRST_KEY]: 'a key or "}"',
  [At.KEY]: 'a key',
  [At.COLON]: '":"',
  [At.VALUE]: 'a value',
  [At.FIRST_ELEMENT]: 'an element or "]"',
  [At.ELEMENT]: 'an element',
  [At.AFTER_ELEMENT]: '"," or "]"',
  [At.AFTER_VALUE]: '"," or "}"',
  [At.END]: 'the end, but there is more',
};

/** Bytes of the largest element that an import takes. */
export const MAX_ELEMENT = 64 * 1024 * 1024;

/**
 * Splits a JSON object into the elements of its top-level arrays without holding more than one element and one chunk.
 * Other values are checked and dropped. Positions in messages are bytes from the start, counted from 0.
 */
export class ArraySplitter {
  readonly #wanted: ReadonlySet<string>;
  readonly #required: readonly string[];
  readonly #maxElement: number;
  readonly #seen = new Set<string>();
  readonly #scanner = new ValueScanner();
  #at = At.START;
  #offset = 0;
  #key = '';
  #index = 0;
  #inArray = false;
  /** Pieces of a value that began in an earlier chunk; null between values. */
  #parts: Buffer[] | null = null;
  #partBytes = 0;
  #valueStart = 0;

  /**
   * @param arrays a value of another kind under one of their names is refused
   * @param maxElement bytes of the largest element that is taken
   */
  constructor(arrays: ArrayNames, maxElement = MAX_ELEMENT) {
    this.#wanted = new Set(arrays.wanted);
    this.#required = arrays.required;
    this.#maxElement = maxElement;
  }

  /**
   * Takes the next chunk and gives the elements that it completes.
   * @throws BuildgateError INVALID with the position
   */
  push(bytes: Uint8Array): Element[] {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const elements: Element[] = [];
    let at = this.#parts ? this.#resume(chunk, elements) : 0;
    while (at < chunk.length) {
      const byte = chunk[at] as number;
      at = isSpace(byte) ? at + 1 : this.#step(chunk, at, byte, elements);
    }
    this.#offset += chunk.length;
    return elements;
  }

  /**
   * Says that there are no more chunks.
   * @throws BuildgateError INVALID when the object is not complete, or lacks an array that it must have
   */
  end(): void {
    if (this.#parts) throw this.#refusal(this.#offset, `the text ends inside ${this.#place()}`);
    if (this.#at !== At.END) throw this.#refusal(this.#offset, `the text ends where ${EXPECTED[this.#at]} should be`);
    const missing = this.#required.find((key) => !this.#seen.has(key));
    if (missing !== undefined) throw new BuildgateError('INVALID', `${missing}: is required.`);
    if (![...this.#wanted].some((key) => this.#seen.has(key))) {
      throw new BuildgateError('INVALID', `there is none of ${[...this.#wanted].join(', ')}.`);
    }
  }

  /** One structural byte, or the start of a value. Gives the position to go on from. */
  #step(chunk: Buffer, at: number, byte: number, elements: Element[]): number {
    switch (this.#at) {
      case At.START:
        if (byte !== 0x7b) throw this.#unexpected(at);
        return this.#go(At.FIRST_KEY, at);
      case At.FIRST_KEY:
      case At.KEY:
        if (byte === 0x7d && this.#at === At.FIRST_KEY) return this.#go(At.END, at);
        if (byte !== 0x22) throw this.#unexpected(at);
        return this.#value(chunk, at, elements);
      case At.COLON:
        if (byte !== 0x3a) throw this.#unexpected(at);
        return this.#go(At.VALUE, at);
      case At.VALUE:
        return this.#topLevelValue(chunk, at, byte, elements);
      case At.FIRST_ELEMENT:
      case At.ELEMENT:
        if (byte === 0x5d && this.#at === At.FIRST_ELEMENT) return this.#closeArray(at);
        return this.#value(chunk, at, elements);
      case At.AFTER_ELEMENT:
        if (byte === 0x5d) return this.#closeArray(at);
        if (byte !== 0x2c) throw this.#unexpected(at);
        return this.#go(At.ELEMENT, at);
      case At.AFTER_VALUE:
        if (byte === 0x7d) return this.#go(At.END, at);
        if (byte !== 0x2c) throw this.#unexpected(at);
        return this.#go(At.KEY, at);
      case At.END:
        throw this.#unexpected(at);
    }
  }

  #go(next: At, at: number): number {
    this.#at = next;
    return at + 1;
  }

  #topLevelValue(chunk: Buffer, at: number, byte: number, elements: Element[]): number {
    if (byte === 0x5b) {
      this.#inArray = true;
      this.#index = 0;
      return this.#go(At.FIRST_ELEMENT, at);
    }
    if (this.#wanted.has(this.#key)) throw this.#refusal(this.#offset + at, `${this.#key}: must be an array`);
    return this.#value(chunk, at, elements);
  }

  #closeArray(at: number): number {
    this.#inArray = false;
    return this.#go(At.AFTER_VALUE, at);
  }

  /** A key, an element or a value that is no array, from its first byte. */
  #value(chunk: Buffer, at: number, elements: Element[]): number {
    this.#scanner.begin(chunk[at] as number);
    this.#valueStart = this.#offset + at;
    const end = this.#scan(chunk, at + 1);
    if (end < 0) {
      this.#parts = [];
      this.#keep(chunk.subarray(at));
      return chunk.length;
    }
    this.#complete(chunk.subarray(at, end), elements);
    return end;
  }

  #resume(chunk: Buffer, elements: Element[]): number {
    const parts = this.#parts ?? [];
    const end = this.#scan(chunk, 0);
    if (end < 0) {
      this.#keep(chunk);
      return chunk.length;
    }
    const whole = Buffer.concat([...parts, chunk.subarray(0, end)]);
    this.#parts = null;
    this.#partBytes = 0;
    this.#complete(whole, elements);
    return end;
  }

  #scan(chunk: Buffer, from: number): number {
    try {
      return this.#scanner.scan(chunk, from);
    } catch (error) {
      throw this.#refusal(this.#valueStart, `${this.#place()}: ${(error as Error).message}`);
    }
  }

  /** Copies a piece, because the source may use the chunk's memory again. */
  #keep(piece: Buffer): void {
    this.#partBytes += piece.length;
    if (this.#partBytes > this.#maxElement) throw this.#tooLarge();
    this.#parts?.push(Buffer.from(piece));
  }

  #complete(bytes: Buffer, elements: Element[]): void {
    if (bytes.length > this.#maxElement) throw this.#tooLarge();
    let value: unknown;
    try {
      value = parseJson(bytes);
    } catch (error) {
      throw this.#refusal(this.#valueStart, `${this.#place()}: ${(error as Error).message}`);
    }
    if (this.#at === At.KEY || this.#at === At.FIRST_KEY) return this.#takeKey(value as string);
    if (!this.#inArray) {
      this.#at = At.AFTER_VALUE;
      return;
    }
    if (this.#wanted.has(this.#key)) elements.push({ key: this.#key, index: this.#index, value });
    this.#index += 1;
    this.#at = At.AFTER_ELEMENT;
  }

  #takeKey(key: string): void {
    this.#key = key;
    if (this.#seen.has(key))
      throw this.#refusal(this.#valueStart, `the key ${JSON.stringify(key.slice(0, 64))} is there twice`);
    this.#seen.add(key);
    this.#at = At.COLON;
  }

  #place(): string {
    if (this.#at === At.KEY || this.#at === At.FIRST_KEY) return 'a key';
    const name = /^\w{1,64}$/.test(this.#key) ? this.#key : JSON.stringify(this.#key.slice(0, 64));
    return this.#inArray ? `${name}[${this.#index}]` : name;
  }

  #tooLarge(): BuildgateError {
    return this.#refusal(this.#valueStart, `${this.#place()}: larger than ${this.#maxElement} bytes`);
  }

  #unexpected(at: number): BuildgateError {
    return this.#refusal(this.#offset + at, `expected ${EXPECTED[this.#at]}`);
  }

  #refusal(position: number, message: string): BuildgateError {
    return new BuildgateError('INVALID', `byte ${position}: ${message}.`);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

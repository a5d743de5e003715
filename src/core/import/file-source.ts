import { createReadStream, fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { BuildgateError } from '../errors.js';
import { ArraySplitter, type ArrayNames, type Element } from './array-splitter.js';
import type { ImportSource, SourceProgress } from './run.js';

const CHUNK = 1024 * 1024;

/** A stream of bytes of the import format; progress is in bytes. */
export class StreamSource implements ImportSource {
  readonly #stream: Readable;
  readonly #total: () => number | null;
  #done = 0;

  private constructor(stream: Readable, total: () => number | null) {
    this.#stream = stream;
    this.#total = total;
  }

  /** A file; it is opened when its elements are asked for. */
  static file(path: string): StreamSource {
    let size: number | null = null;
    const stream = createReadStream(path, { highWaterMark: CHUNK });
    stream.on('open', (descriptor) => {
      const status = fstatSync(descriptor);
      if (status.isFile()) size = status.size;
    });
    return new StreamSource(stream, () => size);
  }

  /** A stream without an end that is known, such as standard input. */
  static stream(stream: Readable): StreamSource {
    return new StreamSource(stream, () => null);
  }

  get progress(): SourceProgress {
    return { done: this.#done, total: this.#total() };
  }

  async *elements(arrays: ArrayNames): AsyncGenerator<Element[]> {
    const splitter = new ArraySplitter(arrays);
    for await (const chunk of this.#chunks()) {
      this.#done += chunk.length;
      yield splitter.push(chunk);
    }
    splitter.end();
  }

  async *#chunks(): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#stream) yield chunk as Uint8Array;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new BuildgateError('INVALID', `cannot be read: ${(error as Error).message}.`);
    }
  }
}

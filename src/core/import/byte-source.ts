import { createReadStream, fstatSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { BuildgateError } from '../errors.js';
import { ArraySplitter, type ArrayNames, type Element } from './array-splitter.js';
import type { ImportSource, SourceProgress } from './run.js';

const CHUNK = 1024 * 1024;

/** Bytes of the import format; progress is in bytes. */
export class ByteSource implements ImportSource {
  readonly #open: () => Readable;
  #done = 0;
  #total: number | null = null;

  private constructor(open: () => Readable) {
    this.#open = open;
  }

  /** A file, opened when its elements are asked for. */
  static file(path: string): ByteSource {
    const source = new ByteSource(() => {
      const stream = createReadStream(path, { highWaterMark: CHUNK });
      return stream.on('open', (descriptor) => {
        const status = fstatSync(descriptor);
        if (status.isFile()) source.#total = status.size;
      });
    });
    return source;
  }

  /** A stream without an end that is known, such as standard input. */
  static stream(stream: Readable): ByteSource {
    return new ByteSource(() => stream);
  }

  get progress(): SourceProgress {
    return { done: this.#done, total: this.#total };
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
      for await (const chunk of this.#open()) yield chunk as Uint8Array;
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new BuildgateError('INVALID', `cannot be read: ${message}.`);
    }
  }
}

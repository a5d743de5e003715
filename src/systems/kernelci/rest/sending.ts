import type { DialectResponse } from '../../../server/dialect.js';
import { JSON_HEADERS } from './answers.js';

/** Characters of an answer that are made before it is sent. */
const WHOLE = 1024 * 1024;

/**
 * 200 with a text that is made in pieces. A short one is sent at once, so that what fails while it is made has an answer
 * of its own; of a long one no more than this is ever in memory.
 */
export async function inPieces(pieces: AsyncGenerator<string, void>): Promise<DialectResponse> {
  let start = '';
  while (start.length < WHOLE) {
    const { value, done } = await pieces.next();
    if (done) return { status: 200, headers: JSON_HEADERS, body: start };
    start += value;
  }
  return { status: 200, headers: JSON_HEADERS, body: continued(start, pieces) };
}

async function* continued(start: string, pieces: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  try {
    yield start;
    yield* pieces;
  } finally {
    await pieces.return();
  }
}

/** A JSON list whose elements come in slices. */
export async function* jsonList(slices: AsyncIterable<readonly unknown[]>): AsyncGenerator<string, void> {
  let separator = '[';
  for await (const elements of slices) {
    if (elements.length === 0) continue;
    yield separator + elements.map((element) => JSON.stringify(element)).join(',');
    separator = ',';
  }
  yield separator === '[' ? '[]' : ']';
}

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';

/** Characters that are written at once. */
const CHUNK = 1_000_000;

/** Writes pieces of text to a file, or to standard output, no faster than it takes them. */
export async function writeText(pieces: Iterable<string>, path: string | undefined): Promise<void> {
  const output = path === undefined ? process.stdout : createWriteStream(path);
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length < CHUNK) continue;
    if (!output.write(text)) await once(output, 'drain');
    text = '';
  }
  output.end(text);
}

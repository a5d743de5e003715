import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { realpath, rename, rm, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** What was made may hold secrets. */
const OWNER_ONLY = 0o600;

/**
 * Writes a file that is there as a whole or not at all: what was there before stays until all is written, and stays when
 * writing fails or is stopped. A pipe or device is written to as it is.
 * @throws Error of the file system, or of the source; an error that says so when the signal ended it
 */
export async function writeWhole(path: string, pieces: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  const target = await existing(path);
  if (target?.isSpecial) return write(target.path, pieces, signal, { flags: 'w' });
  const file = target?.path ?? path;
  const draft = `${file}.${randomUUID()}.part`;
  try {
    await write(draft, pieces, signal, { flags: 'wx', flush: true });
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw signal.aborted ? new Error('stopped before all was written.', { cause: error }) : error;
  }
}

/** What a path leads to. */
async function existing(path: string): Promise<{ readonly path: string; readonly isSpecial: boolean } | null> {
  const real = await realpath(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return real === null ? null : { path: real, isSpecial: !(await stat(real)).isFile() };
}

async function write(
  path: string,
  pieces: AsyncIterable<string>,
  signal: AbortSignal,
  options: { readonly flags: string; readonly flush?: boolean },
): Promise<void> {
  await pipeline(pieces, createWriteStream(path, { mode: OWNER_ONLY, ...options }), { signal });
}

import type { Writer } from './writer.js';

/** A verb was asked of a store that is opened for reading. */
export class ReadOnlyError extends Error {
  constructor() {
    super('The database is opened for reading.');
  }
}

/** In the place of what would write. */
export const READ_ONLY_WRITER: Writer = {
  transact: () => Promise.reject(new ReadOnlyError()),
  close: () => undefined,
};

/** In the place of what would map entities, which only verbs need. */
export function noMapper(): Promise<never> {
  return Promise.reject(new ReadOnlyError());
}

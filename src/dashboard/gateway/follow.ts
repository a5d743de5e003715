import type { TypedDocumentString } from '../operations/documents.js';
import { connection, connectionLost } from './connection.js';
import { refusalOf, type AnsweredError, type Refusal } from './request.js';

/** What every subscription that is followed answers with. */
export interface Followed<Change> {
  readonly change: Change;
}

/** One subscription and what is to happen with what it brings. */
export interface Following<Change> {
  /** A subscription with a variable `after`, whose field is named `change`. */
  readonly document: TypedDocumentString<Followed<Change>, never>;
  readonly variables: object;
  /** Cursor to begin behind. */
  readonly after: string;
  /** Takes changes in their order, those of a moment together. */
  readonly onChanges: (changes: readonly Change[]) => void;
  /** Told once when it cannot go on: CURSOR_EXPIRED says that changes were missed. */
  readonly onEnd: (refusal: Refusal) => void;
}

/** Changes of this long are shown together: a busy gateway has more of them than a page can be drawn. */
const MOMENT_MS = 50;
const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 8_000;
const FORBIDDEN = 4403;

/** Follows a subscription through lost connections, each time behind the last change that it brought. Returns how to stop. */
export function follow<Change extends { readonly cursor: string }>(following: Following<Change>): () => void {
  const follower = new Follower(following);
  follower.open();
  return () => follower.stop();
}

class Follower<Change extends { readonly cursor: string }> {
  readonly #following: Following<Change>;
  #cursor: string;
  #waiting: Change[] = [];
  #moment: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #attempts = 0;
  #unsubscribe: (() => void) | undefined;
  #stopped = false;

  constructor(following: Following<Change>) {
    this.#following = following;
    this.#cursor = following.after;
  }

  open(): void {
    const { document, variables } = this.#following;
    const payload = { query: String(document), variables: { ...variables, after: this.#cursor } };
    this.#unsubscribe = connection().subscribe<Followed<Change>>(payload, {
      next: ({ data, errors }) => (data ? this.#take(data.change) : this.#end(refusalOf(errors ?? []))),
      error: (cause) => this.#failed(cause),
      complete: () => this.#tryAgain(),
    });
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#moment);
    clearTimeout(this.#retry);
    this.#unsubscribe?.();
  }

  #take(change: Change): void {
    this.#attempts = 0;
    this.#cursor = change.cursor;
    this.#waiting.push(change);
    this.#moment ??= setTimeout(() => this.#hand(), MOMENT_MS);
  }

  #hand(): void {
    this.#moment = undefined;
    this.#following.onChanges(this.#waiting.splice(0));
  }

  #failed(cause: unknown): void {
    if (Array.isArray(cause)) return this.#end(refusalOf(cause as AnsweredError[]));
    if ((cause as { code?: number }).code === FORBIDDEN) {
      return this.#end(
        refusalOf([{ message: 'The token is not known here.', extensions: { code: 'UNAUTHENTICATED' } }]),
      );
    }
    this.#tryAgain();
  }

  #tryAgain(): void {
    if (this.#stopped) return;
    connectionLost();
    const wait = Math.min(FIRST_RETRY_MS * 2 ** this.#attempts, LONGEST_RETRY_MS);
    this.#attempts += 1;
    this.#retry = setTimeout(() => this.open(), wait);
  }

  #end(refusal: Refusal): void {
    if (this.#stopped) return;
    this.stop();
    this.#following.onEnd(refusal);
  }
}

/** How a check came out; `failed` keeps a gateway from doing its work. */
export type CheckStatus = 'ok' | 'warning' | 'failed';

/** What was looked at, and what was found. Holds no password, key or token. */
export interface CheckResult {
  /** What was looked at, in a word or two. */
  readonly name: string;
  readonly status: CheckStatus;
  readonly message: string;
  /** What to do about it; not for `ok`. */
  readonly advice?: string;
}

/** Results under one name. */
export class Checks {
  readonly #name: string;
  readonly results: CheckResult[] = [];

  constructor(name: string) {
    this.#name = name;
  }

  ok(message: string): void {
    this.results.push({ name: this.#name, status: 'ok', message });
  }

  warning(message: string, advice: string): void {
    this.results.push({ name: this.#name, status: 'warning', message, advice });
  }

  failed(message: string, advice: string): void {
    this.results.push({ name: this.#name, status: 'failed', message, advice });
  }
}

/** The reason of an error in one line; of several attempts (a host with several addresses) that of the first. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return reasonOf(error.errors[0]);
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]!;
}

/** A URL without its password. */
export function withoutPassword(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '***';
  // PostgreSQL's clients take it here, too.
  if (parsed.searchParams.has('password')) parsed.searchParams.set('password', '***');
  return parsed.href;
}

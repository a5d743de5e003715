import { setTimeout as wait } from 'node:timers/promises';
import { BuildgateError } from '../../../core/errors.js';
import type { Element } from '../../../core/import/array-splitter.js';
import { parseJson } from '../../../core/import/json-text.js';
import type { ImportSource, SourceProgress } from '../../../core/import/run.js';

/** How a live server is asked. Times in milliseconds. */
export interface LiveOptions {
  readonly attempts: number;
  /** Before the second attempt at a page; doubled before each further one. */
  readonly backoff: number;
  /** For one answer as a whole. */
  readonly timeout: number;
}

const DEFAULTS: LiveOptions = { attempts: 4, backoff: 1_000, timeout: 120_000 };
const PER_PAGE = 50;
const MAX_PAGE_BYTES = 256 * 1024 * 1024;
/** Statuses below 500 that another attempt may change. */
const TEMPORARY: ReadonlySet<number> = new Set([408, 429]);

/** A page could not be had; whether asking again makes sense. */
class PageError extends Error {
  constructor(
    message: string,
    readonly temporary: boolean,
  ) {
    super(message);
  }
}

/**
 * The events of a running Freshmaker with their builds, page by page (contract freshmaker, section 5.1). Its URL is the
 * base under which `/api/1/` is. Progress is in events.
 */
export class LiveSource implements ImportSource {
  readonly #base: string;
  readonly #options: LiveOptions;
  #done = 0;
  #total: number | null = null;

  constructor(url: URL, options: Partial<LiveOptions> = {}) {
    if (url.username !== '' || url.password !== '') {
      throw new BuildgateError('INVALID', 'The URL must not contain a user name or a password.');
    }
    const path = url.pathname.replace(/\/api\/[12](?:\/events)?\/?$/, '').replace(/\/+$/, '');
    this.#base = `${url.origin}${path}/api/1/events/?order_by=id&per_page=${PER_PAGE}&page=`;
    this.#options = { ...DEFAULTS, ...options };
  }

  get progress(): SourceProgress {
    return { done: this.#done, total: this.#total };
  }

  async *elements(): AsyncGenerator<Element[]> {
    for (let page = 1; ; page++) {
      const url = this.#base + String(page);
      const { items, total, last } = readPage(url, await this.#fetchAgain(url));
      const elements = items.map((value, index) => ({ key: 'events', index: this.#done + index, value }));
      this.#done += items.length;
      this.#total = total;
      yield elements;
      if (last) return;
    }
  }

  async #fetchAgain(url: string): Promise<Buffer> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#fetch(url);
      } catch (error) {
        if (!(error instanceof PageError)) throw error;
        if (!error.temporary || attempt >= this.#options.attempts) {
          throw new BuildgateError('INVALID', `${url}: ${error.message}.`);
        }
        await wait(this.#options.backoff * 2 ** (attempt - 1));
      }
    }
  }

  async #fetch(url: string): Promise<Buffer> {
    let response: Response;
    try {
      response = await fetch(url, {
        headers: { accept: 'application/json' },
        signal: AbortSignal.timeout(this.#options.timeout),
      });
      if (response.status === 200) return await readBody(response);
    } catch (error) {
      if (error instanceof PageError) throw error;
      throw new PageError(fault(error), true);
    }
    await response.body?.cancel();
    const { status } = response;
    throw new PageError(`answered with status ${status}`, status >= 500 || TEMPORARY.has(status));
  }
}

async function readBody(response: Response): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_PAGE_BYTES) throw new PageError(`the answer is larger than ${MAX_PAGE_BYTES} bytes`, false);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function readPage(url: string, body: Buffer): { items: unknown[]; total: number | null; last: boolean } {
  let page: unknown;
  try {
    page = parseJson(body);
  } catch (error) {
    throw new BuildgateError('INVALID', `${url}: the answer is ${(error as Error).message}.`);
  }
  const { items, meta } = (page ?? {}) as { items?: unknown; meta?: { total?: unknown; next?: unknown } | null };
  if (!Array.isArray(items) || typeof meta !== 'object' || meta === null) {
    throw new BuildgateError('INVALID', `${url}: the answer is not a page of events.`);
  }
  const last = typeof meta.next !== 'string' || items.length === 0;
  return { items, total: typeof meta.total === 'number' ? meta.total : null, last };
}

/** What went wrong with a connection, in one phrase. */
function fault(error: unknown): string {
  const { name, cause } = error as Error;
  if (name === 'TimeoutError') return 'no answer in time';
  const { code, message } = (cause ?? error) as NodeJS.ErrnoException;
  return `cannot be reached (${code ?? message})`;
}

import type { Version } from '../../core/store/data-version.js';
import type { WholeResponse } from '../dialect-response.js';
import type { LegacyResource } from '../legacy-resource.js';

/** An answer as it was sent, and when it may be sent again. */
export interface KeptAnswer {
  /** Asked before the operation that made the answer began to read. */
  readonly version: Version;
  /** Microseconds since 1970 until which the credentials of its caller count; null: as long as the database says so. */
  readonly validUntil: number | null;
  readonly answer: WholeResponse;
  /** Template of the route that made it, for the metrics. */
  readonly route: string;
  readonly resource: LegacyResource;
  /** Told how long a GET of the route took. */
  readonly observe: ((seconds: number) => void) | undefined;
}

/** Of the whole room, the largest share of one answer. */
const LARGEST_SHARE = 16;
/** What an entry costs beside its bytes, texts and links: objects, headers that routes share, the place in the map. */
const OVERHEAD = 1_024;

/** Answers by the key of their request; the least recently used one goes when there is no room left. */
export class KeptAnswers {
  readonly #answers = new Map<string, KeptAnswer>();
  readonly #room: number;
  #bytes = 0;

  /** @param room bytes that all of them may take */
  constructor(room: number) {
    this.#room = room;
  }

  get size(): number {
    return this.#answers.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): KeptAnswer | undefined {
    const kept = this.#answers.get(key);
    if (kept === undefined) return undefined;
    this.#answers.delete(key);
    this.#answers.set(key, kept);
    return kept;
  }

  /** Keeps an answer in the place of an older one; one that is too large is not kept. */
  set(key: string, kept: KeptAnswer): void {
    this.#drop(key);
    const cost = costOf(key, kept);
    if (cost > this.#room / LARGEST_SHARE) return;
    this.#answers.set(key, { ...kept, answer: { ...kept.answer, body: ownBytes(kept.answer) } });
    this.#bytes += cost;
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= this.#room) return;
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const kept = this.#answers.get(key);
    if (kept === undefined) return;
    this.#answers.delete(key);
    this.#bytes -= costOf(key, kept);
  }
}

function costOf(key: string, { answer: { body = '', headers } }: KeptAnswer): number {
  return key.length + Buffer.byteLength(body) + (headers?.['Link'] ?? '').length + OVERHEAD;
}

/** A copy of a body: small buffers are slices of a block that they would keep in memory. */
function ownBytes({ body = '' }: WholeResponse): Uint8Array {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(body));
  if (typeof body === 'string') bytes.write(body);
  else bytes.set(body);
  return bytes;
}

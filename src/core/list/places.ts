import { BoundedCache } from '../bounded-cache.js';
import { first, type Reader } from '../store/reader.js';
import { raw, type SqlValue } from '../store/sql.js';

/** A row that is known to stand at an offset of a list: the values of its order keys. */
export interface Place {
  readonly offset: number;
  readonly values: readonly SqlValue[];
}

/** Rows of a list, by the offset of the first. */
export interface Span {
  readonly offset: number;
  readonly count: number;
}

/** How the rows of a span are reached. */
export interface Walk {
  /** Where it begins; null for an end of the list. */
  readonly from: Place | null;
  readonly backwards: boolean;
  /** Rows between where it begins and the span. */
  readonly skip: number;
}

const MOST_LISTS = 200;
const MOST_PLACES = 500;

/**
 * Where rows of long lists stand, so that a page deep in one is reached from a page that was read before and not from an
 * end of the list. What is known counts for as long as nobody has committed anything.
 */
export class KnownPlaces {
  #version = '';
  #lists = new BoundedCache<string, readonly Place[]>(MOST_LISTS);

  /** The shortest walk to a span of a list from a place that is known at this version. */
  walkTo(version: string, list: string, span: Span): Walk | undefined {
    const places = version === this.#version ? (this.#lists.get(list) ?? []) : [];
    return places
      .map((place) => walkFrom(place, span))
      .filter(({ skip }) => skip >= 0)
      .reduce<Walk | undefined>((best, walk) => (best && best.skip <= walk.skip ? best : walk), undefined);
  }

  /** Remembers places of a list. The oldest of a list are forgotten first, and lists that nobody asks for. */
  remember(version: string, list: string, places: readonly Place[]): void {
    if (version !== this.#version) this.#lists = new BoundedCache(MOST_LISTS);
    this.#version = version;
    const offsets = new Set(places.map(({ offset }) => offset));
    const others = (this.#lists.get(list) ?? []).filter(({ offset }) => !offsets.has(offset));
    this.#lists.set(list, [...others, ...places].slice(-MOST_PLACES));
  }
}

/** The shorter of the walks from the two ends of a list. */
export function walkFromEnd({ offset, count }: Span, total: number): Walk {
  const behind = total - offset - count;
  return behind < offset
    ? { from: null, backwards: true, skip: behind }
    : { from: null, backwards: false, skip: offset };
}

/** The rows in between are less than none where the place is within the span. */
function walkFrom(from: Place, { offset, count }: Span): Walk {
  const backwards = from.offset >= offset;
  return { from, backwards, skip: backwards ? from.offset - offset - count : offset - from.offset - 1 };
}

/** The version of what a reader of its own connection sees: between two that are equal nobody has committed anything. */
export async function versionOf(reader: Reader): Promise<string> {
  const select =
    reader.dialect === 'sqlite'
      ? 'SELECT data_version AS version FROM pragma_data_version'
      : 'SELECT pg_current_snapshot()::text AS version';
  return String((await first<{ version: string | number }>(reader, raw(select)))?.version);
}

import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { JSON_HEADERS, ok } from './answers.js';
import { followingSlices, MAX_WINDOW, SLICE_ROWS, type Slice } from '../../../server/sliced-list.js';
import type { ListSelection } from './list-query.js';
import { metaOf, type Page, pageOf } from './paging.js';
import type { JsonObject } from './represent.js';
import { sortedJson } from './sorted-json.js';

/** A list URI: the operation that reads it and the form of its items. */
export interface ListSource<Item> {
  readonly operation: string;
  readonly selection: ListSelection;
  /** Path below the mount, of the version asked for: `/api/2/events/`. */
  readonly path: string;
  readonly represent: (item: Item) => JsonObject;
}

interface CountedSlice<Item> extends Slice<Item> {
  readonly totalCount: number;
}

/**
 * Answers `{"items": [...], "meta": {...}}` (contract freshmaker section 5.1). Pages have no largest size: beyond 500
 * rows the answer is streamed, each piece read after the cursor of the one before, so that rows recorded meanwhile
 * neither repeat nor hide others.
 */
export async function answerList<Item>(
  request: DialectRequest,
  run: RunOperation,
  source: ListSource<Item>,
): Promise<DialectResponse> {
  const page = pageOf(request.query);
  const { rows, offset } = windowOf(page);
  const read = async (first: number, from: { offset: number } | { after: string }): Promise<CountedSlice<Item>> => {
    const variables = { ...source.selection, first, ...from, withTotal: 'offset' in from };
    return (await run<{ list: CountedSlice<Item> }>(source.operation, variables)).list;
  };
  const start = await read(Math.min(rows, SLICE_ROWS), { offset });
  const meta = metaOf(page, start.totalCount, `${request.origin}${request.prefix}${source.path}`, request.query);
  if (rows <= SLICE_ROWS || start.nodes.length < SLICE_ROWS) {
    return ok({ items: start.nodes.map(source.represent), meta });
  }
  const slices = followingSlices(start, rows, async (first, after) => read(first, { after }));
  return { status: 200, headers: JSON_HEADERS, body: listText(slices, source.represent, meta) };
}

/** Rows to read and rows to skip; nothing is read for a page that lies behind every list. */
function windowOf({ page, perPage }: Page): { rows: number; offset: number } {
  const offset = (page - 1n) * perPage;
  if (offset > MAX_WINDOW) return { rows: 0, offset: 0 };
  return { rows: Number(perPage > MAX_WINDOW ? MAX_WINDOW : perPage), offset: Number(offset) };
}

async function* listText<Item>(
  slices: AsyncIterable<readonly Item[]>,
  represent: (item: Item) => JsonObject,
  meta: JsonObject,
): AsyncGenerator<string> {
  let separator = '{"items":[';
  for await (const items of slices) {
    if (items.length === 0) break;
    yield separator + items.map((item) => sortedJson(represent(item))).join(',');
    separator = ',';
  }
  yield `],"meta":${sortedJson(meta)}}\n`;
}

/** A part of a list as a stored operation gives it, and where the next one begins. */
export interface Slice<Item> {
  readonly nodes: readonly Item[];
  readonly pageInfo: { readonly endCursor: string | null };
}

/** Most rows read at once; longer lists are read and sent slice by slice. */
export const SLICE_ROWS = 500;

/** Largest `first` and `offset` of the schema; no list reaches that far. */
export const MAX_WINDOW = 2 ** 31 - 1;

/**
 * The rows of a list in slices, each read when it is asked for, after the cursor of the one before: rows recorded
 * meanwhile neither repeat nor hide others.
 * @param start the first slice, of `SLICE_ROWS` or, where fewer are asked for, of `rows` at most
 * @param rows how many rows are asked for in all
 */
export async function* followingSlices<Item>(
  start: Slice<Item>,
  rows: number,
  readAfter: (first: number, cursor: string) => Promise<Slice<Item>>,
): AsyncGenerator<readonly Item[], void> {
  let slice = start;
  let left = rows;
  for (;;) {
    yield slice.nodes;
    left -= slice.nodes.length;
    const { endCursor } = slice.pageInfo;
    if (left <= 0 || slice.nodes.length < SLICE_ROWS || endCursor === null) return;
    slice = await readAfter(Math.min(left, SLICE_ROWS), endCursor);
  }
}

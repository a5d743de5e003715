/** What is read at once at most, so that an answer of any length is small in memory. */
export const SLICE = { steps: 2_000, bytes: 4 * 1024 * 1024 } as const;

/** What it takes to read an item. */
export interface Weight {
  readonly steps: number;
  /** Bytes of what the steps say. */
  readonly bytes: number;
}

/** Whether an item alone is more than a slice. */
export function isTooMuch({ steps, bytes }: Weight): boolean {
  return steps > SLICE.steps || bytes > SLICE.bytes;
}

/** Items in their order, cut into slices that are at once; one that is too much is a slice of its own. */
export function slicesOf<Item>(items: readonly Item[], weigh: (item: Item) => Weight, maxItems: number): Item[][] {
  const slices: Item[][] = [];
  let slice: Item[] = [];
  let taken: Weight = { steps: 0, bytes: 0 };
  for (const item of items) {
    const weight = weigh(item);
    const together = { steps: taken.steps + weight.steps, bytes: taken.bytes + weight.bytes };
    const fits = slice.length < maxItems && !isTooMuch(together);
    if (fits || slice.length === 0) {
      if (slice.length === 0) slices.push(slice);
      slice.push(item);
      taken = together;
    } else {
      slices.push((slice = [item]));
      taken = weight;
    }
  }
  return slices;
}

import type { MixedLoad } from './mixed-load.ts';

/** Bytes that the heap may be larger by after one half of the traffic than after the other: caches fill to their bounds. */
const HEAP_GROWTH = 8 * 1024 * 1024;

/** What must not be, in words; none when all is well. */
export function faultsOf({ before, halves, after }: MixedLoad): string[] {
  const [first, second] = halves.map(({ taken }) => taken.heapBytes);
  const growth = second! - first!;
  return [
    ...halves.flatMap(({ traffic: { wrong, refused, wrongExamples } }) =>
      wrong + refused === 0 ? [] : [`${wrong} answers were wrong and ${refused} refused: ${wrongExamples.join('; ')}`],
    ),
    ...(growth > HEAP_GROWTH ? [`the heap grew by ${growth} bytes from one half to the other`] : []),
    ...(after.descriptors !== null && after.descriptors > before.descriptors!
      ? [`${after.descriptors} descriptors are open, ${before.descriptors} were before`]
      : []),
    ...after.faults.map((fault) => `the gateway reported: ${fault}`),
  ];
}

import { describe, expect, it } from 'vitest';
import { followingSlices, SLICE_ROWS, type Slice } from '../../src/server/sliced-list.js';

/** Reads of a list of so many numbers: how many rows after which cursor. */
function listOf(length: number): { read: (first: number, after: string) => Promise<Slice<number>>; asked: number[] } {
  const asked: number[] = [];
  const read = async (first: number, after: string): Promise<Slice<number>> => {
    asked.push(first);
    const from = Number(after);
    const nodes = Array.from({ length: Math.max(0, Math.min(first, length - from)) }, (_, index) => from + index);
    return { nodes, pageInfo: { endCursor: nodes.length === 0 ? null : String(from + nodes.length) } };
  };
  return { read, asked };
}

async function walk(length: number, rows: number): Promise<{ rows: number[]; asked: number[] }> {
  const { read, asked } = listOf(length);
  const start = await read(Math.min(rows, SLICE_ROWS), '0');
  const found: number[] = [];
  for await (const slice of followingSlices(start, rows, read)) found.push(...slice);
  return { rows: found, asked };
}

describe('A sliced list', () => {
  it.each([
    [0, 10, [10]],
    [3, 10, [10]],
    [10, 10, [10]],
    [499, 1e6, [500]],
    [500, 1e6, [500, 500]],
    [1700, 1e6, [500, 500, 500, 500]],
    [1700, 1200, [500, 500, 200]],
    [1700, 1000, [500, 500]],
    [1700, 0, [0]],
  ])('of %i rows gives the first %i of them, reading no more than that', async (length, rows, asked) => {
    const walked = await walk(length, rows);
    expect(walked.rows).toEqual(Array.from({ length: Math.min(length, rows) }, (_, index) => index));
    expect(walked.asked).toEqual(asked);
  });

  it('reads no slice before it is asked for', async () => {
    const { read, asked } = listOf(2000);
    const slices = followingSlices(await read(500, '0'), 2000, read);
    await slices.next();
    expect(asked).toEqual([500]);
    await slices.next();
    await slices.return();
    expect(asked).toEqual([500, 500]);
  });
});

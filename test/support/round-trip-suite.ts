import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SystemExport } from '../../src/core/export/run.js';
import type { ImportDatabase } from './import-database.js';
import { copied } from './round-trip.js';

/** What a system's export must give back. */
export interface RoundTrip {
  readonly open: () => Promise<ImportDatabase<string>>;
  readonly systemExport: SystemExport;
  /** Files by what they are. */
  readonly documents: readonly (readonly [title: string, document: unknown])[];
  /** Any file. */
  readonly random: fc.Arbitrary<object>;
}

/** How often files are tried at random: a database of PostgreSQL takes a while to make. */
const RUNS = process.env.BUILDGATE_TEST_DATABASE === 'postgresql' ? 8 : 60;

/** The tests that every export has to pass. */
export function describeRoundTrip({ open, systemExport, documents, random }: RoundTrip): void {
  const expectTheSame = async (document: unknown): Promise<void> => {
    const { original, copy, texts } = await copied(open, systemExport, document);
    expect(copy).toEqual(original);
    expect(texts[1]).toBe(texts[0]);
  };

  describe('what was imported, exported and imported again is the same, and so is its export', () => {
    it.each(documents)('%s', (_, document) => expectTheSame(document));

    it(`any file, ${RUNS} times at random`, async () => {
      await fc.assert(fc.asyncProperty(random, expectTheSame), { numRuns: RUNS, seed: 20261121 });
    });
  });
}

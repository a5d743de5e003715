import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runExport, tableArray } from '../../../src/core/export/run.js';
import { objectText } from '../../../src/core/export/json-object.js';
import { raw } from '../../../src/core/store/sql.js';
import { MAX_ELEMENT } from '../../../src/core/import/array-splitter.js';
import { FRESHMAKER_EXPORT } from '../../../src/systems/freshmaker/export/index.js';
import { emptyDatabase } from '../../support/database.js';
import { SECRETS } from '../../support/secrets.js';
import { build, event, importDatabase, type ImportDatabase } from '../../systems/freshmaker/import-support.js';

let database: ImportDatabase;
beforeEach(async () => {
  database = await importDatabase();
});
afterEach(() => database.drop());

const source = () => ({ database: database.config, secrets: SECRETS });

/** Events 0 to 2,499 with a build each. */
function dump(state: number): object {
  const numbers = Array.from({ length: 2500 }, (_, number) => number);
  return {
    events: numbers.map((id) => event(id, { state })),
    builds: numbers.map((id) => build(id, id, { state: 0 })),
  };
}

describe('an export', () => {
  it('is the database as it was when it began, whatever is written and deleted meanwhile', async () => {
    await database.take(dump(1));
    let text = '';
    await runExport(source(), FRESHMAKER_EXPORT, async (pieces) => {
      for await (const piece of pieces) {
        // The first piece is there when nothing but the beginning was read.
        if (text === '') await database.take({ ...dump(2), images: [{ nvr: 'new' }] });
        text += piece;
      }
    });
    const { events, builds, images } = JSON.parse(text) as Record<string, { id: number; state: number }[]>;
    expect(events?.map(({ id }) => id)).toEqual(Array.from({ length: 2500 }, (_, id) => id));
    expect(new Set(events?.map(({ state }) => state))).toEqual(new Set([1]));
    expect([builds?.length, images]).toEqual([2500, []]);
  });

  it('reads no faster than it is written, and tells how many rows are written', async () => {
    await database.take(dump(1));
    const told: number[] = [];
    const lengths: number[] = [];
    await runExport(
      source(),
      FRESHMAKER_EXPORT,
      async (pieces) => {
        for await (const piece of pieces) lengths.push(piece.split('\n').length - 1, told.at(-1) ?? 0);
      },
      (rows) => told.push(rows),
    );
    expect(told).toEqual([1000, 2000, 2500, 3500, 4500, 5000]);
    // The beginning of events, three pages, the end; builds alike; three empty arrays; the end. Beside each: rows told before.
    const events = [0, 0, 1000, 0, 1000, 1000, 500, 2000, 1, 2500];
    const builds = [1, 2500, 1000, 2500, 1000, 3500, 500, 4500, 1, 5000];
    const empty = [1, 5000, 0, 5000, 1, 5000, 0, 5000, 1, 5000, 0, 5000];
    expect(lengths).toEqual([...events, ...builds, ...empty, 1, 5000]);
  });

  it('ends when whoever takes it fails, with that error', async () => {
    await database.take(dump(1));
    const taking = runExport(source(), FRESHMAKER_EXPORT, async (pieces) => {
      for await (const piece of pieces) if (piece.length > 1000) throw new Error('full');
    });
    await expect(taking).rejects.toThrow('full');
    await database.take({ events: [event(9999)] });
  });

  it('is refused when the database lacks migrations, or is not there', async () => {
    const empty = await emptyDatabase();
    try {
      const exporting = runExport({ ...source(), database: empty.config }, FRESHMAKER_EXPORT, async () => undefined);
      const { kind } = empty.config;
      await expect(exporting).rejects.toThrow(kind === 'sqlite' ? 'There is no database at' : 'lacks migrations');
      await expect(exporting).rejects.toMatchObject({ code: kind === 'sqlite' ? 'NOT_FOUND' : 'CONFLICT' });
    } finally {
      await empty.drop();
    }
  });

  it('says which elements are larger than an import takes', async () => {
    await database.take({ events: [event(1), event(2)] });
    const long = tableArray<{ readonly id: number }>({
      key: 'long',
      name: { one: 'row', many: 'rows' },
      source: { select: raw('id AS id'), from: raw('event'), key: ['id'], weight: raw('0') },
      elements: (rows) => rows.map((row, index) => objectText({ ...row, text: 'ä'.repeat((index * MAX_ELEMENT) / 2) })),
    });
    let length = 0;
    const { remarks, counts } = await runExport(
      source(),
      () => [long],
      async (pieces) => {
        for await (const piece of pieces) length += piece.length;
      },
    );
    expect(length).toBeGreaterThan(MAX_ELEMENT / 2);
    expect(counts).toEqual([{ name: { one: 'row', many: 'rows' }, total: 2 }]);
    expect(remarks).toEqual([`elements larger than an import takes (${MAX_ELEMENT} bytes): 1 (long[1])`]);
  });
});

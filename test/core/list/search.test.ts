import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage } from '../../../src/core/list/page.js';
import { BUILDS } from '../../../src/core/list/records.js';
import { System } from '../../../src/core/model/states.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { createWorld, insertRows, ownStore, TEXTS, buildRow, type OwnStore, type Row, type World } from '../world.js';
import { modelIds } from './model.js';
import { PlanReader } from './plans.js';

const LIMITS = { defaultSize: 25, maxSize: 10_000 };
const NEWEST: readonly OrderInput[] = [{ field: 'SUBMITTED_AT', direction: 'DESC' }];
/** More builds than are found one by one. */
const COMMON_BUILDS = 2100;
const RARE_NAMES = ['needle-in-hay', 'a "needle" here', 'NEEDLE%_\\', 'größte-Straße', 'unwanted'];

function build(number: number, name: string): Row {
  return { ...buildRow(number, 66), freshmaker_depends_on_id: null, name };
}

let own: OwnStore;
let world: World;

beforeAll(async () => {
  own = await ownStore();
  const made = await createWorld(own.store, 66);
  const named = (name: string, index: number) => build(1000 + index, name);
  const common = Array.from({ length: COMMON_BUILDS }, (_, index) => named('commonplace', index));
  const rare = RARE_NAMES.map((name, index) => named(name, COMMON_BUILDS + index));
  await own.store.transact(ANONYMOUS, async (transaction) => {
    for (let start = 0; start < common.length; start += 500)
      await insertRows(transaction, 'build', common.slice(start, start + 500));
    await insertRows(transaction, 'build', rare);
    if (own.store.dialect === 'postgresql') await transaction.all(raw('ANALYZE'));
  });
  world = { ...made, build: [...made.build, ...common, ...rare] };
});
afterAll(() => own.close());

function pageOf(filter: FilterInput, first = 10_000, reader = own.store.reader): RecordPage<{ id: number }> {
  return new RecordPage(reader, BUILDS, { filter, first }, LIMITS, NEWEST);
}

async function expectModel(filter: FilterInput): Promise<number> {
  const page = pageOf(filter);
  const [{ rows }, total] = await Promise.all([page.rows(), page.total()]);
  const ids = modelIds(world, BUILDS, filter, NEWEST);
  expect({ filter, ids: rows.map(({ id }) => id), total }).toEqual({ filter, ids, total: ids.length });
  return ids.length;
}

describe.each(['contains', 'icontains'])('A search for names: %s', (operator) => {
  it('finds the same as a look at every record, whatever the term', async () => {
    const parts = [...TEXTS, ...RARE_NAMES, 'mmonp'].flatMap((text) => {
      const characters = Array.from(text);
      return [text, characters.slice(1, 4).join(''), characters.slice(-5).join(''), text.toLowerCase(), `${text}x`];
    });
    for (const term of new Set(parts)) await expectModel({ name: { [operator]: term } });
  });

  it.each<[string, FilterInput]>([
    ['a system', { system: { eq: System.FRESHMAKER } }],
    ['another system', { system: { eq: System.KERNELCI } }],
    ['another condition', { requester: { eq: 'kate' } }],
    ['a second term', { and: [{ name: { contains: 'here' } }] }],
    ['a term that must not occur', { not: { name: { contains: 'hay' } } }],
  ])('goes together with %s', async (_, beside) => {
    for (const term of ['needle', 'commonplace', 'STRASSE', 'ßte', 'alpha'])
      await expectModel({ ...beside, name: { [operator]: term } });
  });
});

describe('The names that a search knows', () => {
  const found = async (term: string): Promise<number> => pageOf({ name: { contains: term } }).total();

  it('are those that were committed: a new name, a changed one, none of a transaction that was taken back', async () => {
    const row = build(9000, 'brand-new');
    const id = row['id'] as number;
    const failed = own.store.transact(ANONYMOUS, async (transaction) => {
      await insertRows(transaction, 'build', [row]);
      throw new Error('taken back');
    });
    await expect(failed).rejects.toThrow('taken back');
    expect(await found('brand-new')).toBe(0);
    await own.store.transact(ANONYMOUS, (transaction) => insertRows(transaction, 'build', [row]));
    expect(await found('brand-new')).toBe(1);
    await own.store.transact(ANONYMOUS, (transaction) =>
      transaction.all(sql`UPDATE build SET name = 'renamed-since' WHERE id = ${id}`),
    );
    expect([await found('brand-new'), await found('renamed-since')]).toEqual([0, 1]);
    await own.store.transact(ANONYMOUS, (transaction) => transaction.all(sql`DELETE FROM build WHERE id = ${id}`));
    expect(await found('renamed-since')).toBe(0);
    await own.store.transact(ANONYMOUS, (transaction) => insertRows(transaction, 'build', [row]));
    expect(await found('brand-new')).toBe(1);
    await own.store.transact(ANONYMOUS, (transaction) => transaction.all(sql`DELETE FROM build WHERE id = ${id}`));
  });
});

describe('A search reads', () => {
  const FULL_SCAN = /\bSCAN (t|build|known|searched)$|Seq Scan on (build|search_build_name)/m;
  let large: OwnStore;
  let plans: PlanReader;

  beforeAll(async () => {
    large = await ownStore();
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      ...build(index + 1, `component-${index % 2500}`),
      event_id: null,
      project_id: null,
    }));
    await large.store.transact(ANONYMOUS, async (transaction) => {
      for (let start = 0; start < rows.length; start += 500)
        await insertRows(transaction, 'build', rows.slice(start, start + 500));
      if (large.store.dialect === 'sqlite') return;
      // Of builds that are gone: a small table is rightly read as a whole.
      const gone = raw(`SELECT 'gone-' || number FROM generate_series(1, 20000) AS number`);
      await transaction.all(sql`INSERT INTO search_build_name (value) ${gone}`);
      // As the server's own cleaning does sooner or later: new names wait in a list beside the index.
      for (const index of ['trigram', 'folded'])
        await transaction.all(sql`SELECT gin_clean_pending_list(${`search_build_name_${index}`}::regclass)`);
      await transaction.all(raw('ANALYZE'));
    });
    plans = new PlanReader(large.store.reader);
  });
  afterAll(() => large.close());

  it.each(['contains', 'icontains'])(
    'the trigrams and then the builds of the names that it found: %s',
    async (operator) => {
      const plan = await plans.planOf(async () => {
        const page = pageOf({ name: { [operator]: 'component-1234' } }, 20, plans.reader);
        await Promise.all([page.rows(), page.total()]);
      });
      expect(plan).toMatch(/\bbuild_name/);
      expect(plan).toMatch(/VIRTUAL TABLE INDEX|search_build_name_(trigram|folded)/);
      expect(plan).not.toMatch(FULL_SCAN);
    },
  );

  it('along the order of the list when many builds match, and counts them by their names', async () => {
    large.statements.length = 0;
    const page = pageOf({ name: { contains: 'component-' } }, 20, large.store.reader);
    expect(await page.total()).toBe(10_000);
    expect((await page.rows()).rows).toHaveLength(20);
    expect(large.statements.map((text) => text.includes('search_build_name'))).toEqual(
      large.store.dialect === 'sqlite' ? [true, true, false] : [true, false, false],
    );
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { childPages, countChildren, recordsById, recordsByLegacyId } from '../../../src/core/list/children.js';
import { countRecords, countStates } from '../../../src/core/list/count.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type PageArguments } from '../../../src/core/list/page.js';
import { BUILDS, EVENTS } from '../../../src/core/list/records.js';
import { State, System } from '../../../src/core/model/states.js';
import { raw, sql } from '../../../src/core/store/sql.js';
import { createWorld, ownStore, type OwnStore } from '../world.js';
import { cursorsOf } from './cursors.js';
import { PlanReader } from './plans.js';

const LIMITS = { defaultSize: 25, maxSize: 100 };
const BY_NUMBER: readonly OrderInput[] = [{ field: 'LEGACY_ID', direction: 'DESC' }];
const NEWEST_EVENTS: readonly OrderInput[] = [{ field: 'CREATED_AT', direction: 'DESC' }];
const NEWEST_BUILDS: readonly OrderInput[] = [{ field: 'SUBMITTED_AT', direction: 'DESC' }];
const FRESHMAKER = { system: { eq: System.FRESHMAKER } };

let own: OwnStore;
let plans: PlanReader;

beforeAll(async () => {
  own = await ownStore();
  await createWorld(own.store, 6000, 9000);
  await own.store.transact(ANONYMOUS, async (transaction) => {
    // As many values as real data has: an index on five values is rightly left alone.
    await transaction.all(sql`UPDATE event SET freshmaker_search_key = legacy_id, freshmaker_event_type_id = id / 320`);
    await transaction.all(sql`UPDATE build SET freshmaker_original_nvr = legacy_id`);
    if (own.store.dialect === 'postgresql') await transaction.all(raw('ANALYZE'));
  });
  plans = new PlanReader(own.store.reader);
});
afterAll(() => own.close());

/** Whole tables read: a scan that names no index. */
const FULL_SCAN = /\bSCAN (t|event|build|event_1|build_1)$|Seq Scan on (event|build)/m;
/** Rows of the list sorted by hand. */
const SORT = /TEMP B-TREE|\bSort\b/;

/** One sort in a plan of either database. */
const SORTED = /TEMP B-TREE|\bSort  \(/g;

type List = typeof EVENTS;
type Case = [string, List, PageArguments, readonly OrderInput[]];

async function cursorAt(list: List, order: readonly OrderInput[], offset: number): Promise<string> {
  const page = await new RecordPage(own.store.reader, list, { offset, first: 1 }, LIMITS, order).rows();
  return cursorsOf(page)[0]!;
}

function pagePlan(list: List, args: PageArguments, order: readonly OrderInput[]): Promise<string> {
  return plans.planOf(() => new RecordPage(plans.reader, list, args, LIMITS, order).rows());
}

const of = (filter: FilterInput): PageArguments => ({ filter: { ...FRESHMAKER, ...filter } });

describe('A list page reads along an index, without a full scan and without sorting', () => {
  it.each<Case>([
    ['all events, newest first', EVENTS, {}, NEWEST_EVENTS],
    ['all events, oldest last', EVENTS, { last: 10 }, NEWEST_EVENTS],
    ['events of a system, newest first', EVENTS, { filter: FRESHMAKER }, NEWEST_EVENTS],
    ['events of a system by number', EVENTS, { filter: FRESHMAKER }, BY_NUMBER],
    ['events in a state, newest first', EVENTS, { filter: { state: { eq: State.FAILED } } }, NEWEST_EVENTS],
    ['events of a system in a state', EVENTS, of({ state: { eq: State.FAILED } }), BY_NUMBER],
    ['all builds, newest first', BUILDS, {}, NEWEST_BUILDS],
    ['builds of a system, newest first', BUILDS, { filter: FRESHMAKER }, NEWEST_BUILDS],
    ['builds in a state, newest first', BUILDS, { filter: { state: { eq: State.FAILED } } }, NEWEST_BUILDS],
    ['events by name', EVENTS, {}, [{ field: 'NAME' }]],
  ])('%s', async (_, list, args, order) => {
    const plan = await pagePlan(list, args, order);
    expect(plan).not.toMatch(FULL_SCAN);
    expect(plan).not.toMatch(SORT);
    expect(plan).toMatch(/USING (COVERING )?INDEX|Index (Only )?Scan/);
  });

  it.each<[string, List, readonly OrderInput[], string]>([
    ['events', EVENTS, NEWEST_EVENTS, 'event_created'],
    ['builds', BUILDS, NEWEST_BUILDS, 'build_submitted'],
  ])('behind a cursor far down the %s, from the place of the cursor on', async (_, list, order, index) => {
    const plan = await pagePlan(list, { after: await cursorAt(list, order, 3000) }, order);
    expect(plan).toContain(index);
    expect(plan).toMatch(/_at<\?|Index Cond: .*_at <|Index Cond: \(ROW/);
    expect(plan).not.toMatch(SORT);
  });
});

describe('A selective filter is answered from its index', () => {
  it.each<[string, List, PageArguments, string]>([
    ['message id', EVENTS, of({ freshmaker: { messageId: { eq: 'ID:7' } } }), 'event_freshmaker_message_id'],
    ['search key', EVENTS, of({ freshmaker: { searchKey: { eq: '41' } } }), 'event_freshmaker_search_key'],
    ['event type', EVENTS, of({ freshmaker: { eventTypeId: { eq: 9 } } }), 'event_freshmaker_event_type_id'],
    ['original NVR', BUILDS, of({ freshmaker: { originalNvr: { eq: '41' } } }), 'build_freshmaker_original_nvr'],
    ['legacy id', EVENTS, of({ legacyId: { eq: '41' } }), 'legacy_id'],
    ['the event of builds', BUILDS, of({ event: { legacyId: { eq: '41' } } }), 'build_event'],
    [
      'the dependency of builds',
      BUILDS,
      of({ freshmaker: { dependsOn: { legacyId: { eq: '41' } } } }),
      'depends_on_id',
    ],
    ['the beginning of names', EVENTS, { filter: { name: { startsWith: 'zz' } } }, 'event_name'],
  ])('%s', async (_, list, args, index) => {
    const plan = await pagePlan(list, args, BY_NUMBER);
    expect(plan).not.toMatch(FULL_SCAN);
    expect(plan.replaceAll('sqlite_autoindex_event_1 (system=? AND legacy_id=?)', 'legacy_id')).toContain(index);
  });
});

describe('A total by what only one system records', () => {
  it.each<[string, List, FilterInput, string]>([
    ['event type', EVENTS, { freshmaker: { eventTypeId: { eq: 9 } } }, 'event_freshmaker_event_type_id'],
    [
      'one of several search keys',
      EVENTS,
      { freshmaker: { searchKey: { in: ['41', '42'] } } },
      'event_freshmaker_search_key',
    ],
    ['original NVR', BUILDS, { freshmaker: { originalNvr: { eq: '41' } } }, 'build_freshmaker_original_nvr'],
  ])('is counted along its index, and reads no row: %s', async (_, list, filter, index) => {
    const plan = await plans.planOf(() => countRecords(plans.reader, list, { ...FRESHMAKER, ...filter }));
    expect(plan).toMatch(new RegExp(`COVERING INDEX ${index}|Index (Only )?Scan (using|on) ${index}`));
    expect(plan).not.toMatch(/\bsystem\b/);
  });
});

describe('Children and deep pages', () => {
  const parents = [17, 33, 49];

  it('read the children of the parents alone', async () => {
    const { reader } = plans;
    for (const work of [
      () => childPages(reader, BUILDS, 'event_id', parents, { first: 5 }, LIMITS, [{ field: 'LEGACY_ID' }]),
      () => countChildren(reader, BUILDS, 'event_id', parents, null),
      () => countStates(reader, BUILDS, 'event_id', parents),
    ]) {
      const plan = await plans.planOf(work);
      expect(plan).toMatch(/build_event/);
      expect(plan).not.toMatch(FULL_SCAN);
    }
  });

  it('read records by key through the key', async () => {
    const keys = [{ system: System.FRESHMAKER, legacyId: '41' }];
    expect(await plans.planOf(() => recordsByLegacyId(plans.reader, EVENTS, keys))).toMatch(/legacy_id/);
    for (const work of [
      () => recordsByLegacyId(plans.reader, EVENTS, keys),
      () => recordsById(plans.reader, EVENTS, parents),
    ]) {
      expect(await plans.planOf(work)).not.toMatch(FULL_SCAN);
    }
  });

  it.each<[string, PageArguments, readonly OrderInput[]]>([
    ['of all events', {}, NEWEST_EVENTS],
    ['of a system', { filter: FRESHMAKER }, BY_NUMBER],
    ['nearer to the end', { offset: 4500 }, NEWEST_EVENTS],
  ])('walk ids in the order of an index and fetch only the rows of the page: %s', async (_, args, order) => {
    const plan = await pagePlan(EVENTS, { offset: 1500, ...args }, order);
    expect(plan).toMatch(/COVERING INDEX|Index Only Scan|event_pkey/);
    // What is sorted is at most the page itself, above the ids.
    expect(plan.match(SORTED)?.length ?? 0).toBeLessThan(2);
    expect(plan).not.toMatch(FULL_SCAN);
  });
});

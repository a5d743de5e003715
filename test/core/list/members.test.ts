import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ColumnField } from '../../../src/core/list/fields.js';
import type { FilterInput } from '../../../src/core/list/filter.js';
import type { OrderInput } from '../../../src/core/list/order.js';
import { RecordPage, type PageArguments, type PageRows, type RecordRow } from '../../../src/core/list/page.js';
import { TEXTS, ownStore, type OwnStore, type Tables } from '../world.js';
import { cursorsOf } from './cursors.js';
import { createDocuments, DOCUMENTS } from './documents.js';
import { modelIds, operatorsOf, valueOf } from './model.js';

const LIMITS = { defaultSize: 25, maxSize: 1000 };
const AS_RECORDED: readonly OrderInput[] = [{ field: 'LEGACY_ID' }];
const SIZE = 90;
const PAGE = 11;

let own: OwnStore;
let tables: Tables;

beforeAll(async () => {
  own = await ownStore();
  tables = await createDocuments(own.store, SIZE);
});
afterAll(() => own.close());

function read(args: PageArguments): Promise<PageRows<RecordRow>> {
  return new RecordPage<RecordRow>(own.store.reader, DOCUMENTS, args, LIMITS, AS_RECORDED).rows();
}

const ids = ({ rows }: PageRows<RecordRow>): number[] => rows.map(({ id }) => id);

async function expectModel(filter: FilterInput): Promise<void> {
  const found = ids(await read({ filter, first: 1000 }));
  expect({ filter, found }).toEqual({ filter, found: modelIds(tables, DOCUMENTS, filter, AS_RECORDED) });
}

describe('A member of a JSON column is filtered like a column', () => {
  const members = Object.entries(DOCUMENTS.fields as Record<string, ColumnField>);

  it.each(members)('%s, by each operator, null included', async (name, field) => {
    const present = new Set(tables[DOCUMENTS.table]!.map((row) => valueOf(row, field)));
    present.delete(null);
    for (const operand of present) {
      for (const operator of operatorsOf(field.type)) {
        const list = operator === 'in' || operator === 'notIn';
        const inner = { [name]: { [operator]: list ? [operand] : operand } };
        await expectModel(inner);
        await expectModel({ not: inner });
      }
    }
    for (const isNull of [true, false]) await expectModel({ [name]: { isNull } });
    await expectModel({ [name]: field.type === 'boolean' ? { ne: true } : { notIn: [] } });
  });

  it('by many values at once, and by text that JSON, SQL or Unicode treat specially', async () => {
    await expectModel({ plan: { in: [...TEXTS.slice(0, 20), 'no such', '{"plan":"b"}'] } });
    await expectModel({ index: { in: [3, -1, 7], ne: -1 } });
    await expectModel({ time: { in: [0.5, 1e300] } });
    for (const text of ['inner', '\0', 'b\0', 'a"b', '\\', '\u2028', 'null']) {
      await expectModel({ plan: { eq: text } });
      await expectModel({ plan: { in: [text, 'b'] } });
    }
    // Half a character is sent as the character that stands for one.
    const halves = ids(await read({ filter: { plan: { eq: '\ud800' } }, first: 1000 }));
    expect(halves).toEqual(modelIds(tables, DOCUMENTS, { plan: { eq: '\uFFFD' } }, AS_RECORDED));
  });
});

const DIRECTIONS = ['ASC', 'DESC'] as const;
const NULLS = [null, 'FIRST', 'LAST'] as const;
const SINGLE: OrderInput[][] = Object.keys(DOCUMENTS.orders).flatMap((field) =>
  DIRECTIONS.flatMap((direction) => NULLS.map((nulls) => [{ field, direction, nulls }])),
);
const SEVERAL: OrderInput[][] = [
  [
    { field: 'PRIVATE', direction: 'DESC', nulls: 'LAST' },
    { field: 'TIME', direction: 'DESC', nulls: 'LAST' },
    { field: 'LEGACY_ID', direction: 'ASC' },
  ],
  [{ field: 'JOB', nulls: 'FIRST' }, { field: 'PLAN', nulls: 'LAST' }, { field: 'INDEX' }],
];
const ORDERS = [...SINGLE, ...SEVERAL].map(
  (order) => [order.map((key) => Object.values(key).join(' ')).join(', '), order] as const,
);

describe('Pages ordered by members hold each row once, nulls where they are asked for', () => {
  it.each(ORDERS)('by %s, forwards and backwards', async (_, orderBy) => {
    const expected = modelIds(tables, DOCUMENTS, {}, orderBy);
    const forwards: number[] = [];
    for (let page = await read({ orderBy, first: PAGE }); ;) {
      forwards.push(...ids(page));
      if (!page.hasNextPage) break;
      page = await read({ orderBy, first: PAGE, after: cursorsOf(page).at(-1)! });
    }
    expect(forwards).toEqual(expected);
    const backwards: number[] = [];
    for (let page = await read({ orderBy, last: PAGE }); ;) {
      backwards.unshift(...ids(page));
      if (!page.hasPreviousPage) break;
      page = await read({ orderBy, last: PAGE, before: cursorsOf(page)[0]! });
    }
    expect(backwards).toEqual(expected);
  });

  it('and a cursor of one order is none of another', async () => {
    const orderBy: OrderInput[] = [{ field: 'PLAN', nulls: 'FIRST' }];
    const [after] = cursorsOf(await read({ orderBy, first: 1 }));
    for (const other of [
      [{ field: 'PLAN' }],
      [{ field: 'TIME', nulls: 'FIRST' }],
      [{ field: 'JOB', nulls: 'FIRST' }],
    ]) {
      expect(
        () =>
          new RecordPage(own.store.reader, DOCUMENTS, { orderBy: other as OrderInput[], after: after! }, LIMITS, []),
      ).toThrow(
        expect.objectContaining({ code: 'INVALID', message: 'after: not a cursor of this list in this order.' }),
      );
    }
  });
});

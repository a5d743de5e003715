import type { PageRows } from '../list/page.js';

/** What a page is part of; cursors are made when they are selected. */
interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | null;
  readonly endCursor: string | null;
}

/** A connection as the executor walks it: each member is computed when it is selected. */
export interface Connection<Row> {
  edges(): Promise<{ cursor: string; node: Row }[]>;
  nodes(): Promise<readonly Row[]>;
  pageInfo(): Promise<PageInfo>;
  totalCount(): Promise<number>;
}

/** A connection over a page and a total that are each read once, when first needed. */
export function connection<Row>(page: () => Promise<PageRows<Row>>, total: () => Promise<number>): Connection<Row> {
  return {
    edges: async () => {
      const { rows, cursorOf } = await page();
      return rows.map((node) => ({ cursor: cursorOf(node), node }));
    },
    nodes: async () => (await page()).rows,
    pageInfo: async () => pageInfo(await page()),
    totalCount: total,
  };
}

function pageInfo<Row>({ rows, cursorOf, hasNextPage, hasPreviousPage }: PageRows<Row>): PageInfo {
  const cursorAt = (index: number): string | null => {
    const row = rows.at(index);
    return row === undefined ? null : cursorOf(row);
  };
  return {
    hasNextPage,
    hasPreviousPage,
    get startCursor() {
      return cursorAt(0);
    },
    get endCursor() {
      return cursorAt(-1);
    },
  };
}

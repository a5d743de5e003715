import type { PageRows } from '../list/page.js';

/** A connection as the executor walks it: each member is computed when it is selected. */
export interface Connection<Row> {
  edges(): Promise<{ cursor: string; node: Row }[]>;
  nodes(): Promise<readonly Row[]>;
  pageInfo(): Promise<{
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  }>;
  totalCount(): Promise<number>;
}

/** A connection over a page and a total that are each read once, when first needed. */
export function connection<Row>(page: () => Promise<PageRows<Row>>, total: () => Promise<number>): Connection<Row> {
  return {
    edges: async () => {
      const { rows, cursors } = await page();
      return rows.map((node, index) => ({ cursor: cursors[index] ?? '', node }));
    },
    nodes: async () => (await page()).rows,
    pageInfo: async () => {
      const { cursors, hasNextPage, hasPreviousPage } = await page();
      return { hasNextPage, hasPreviousPage, startCursor: cursors[0] ?? null, endCursor: cursors.at(-1) ?? null };
    },
    totalCount: total,
  };
}

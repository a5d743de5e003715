import { describe, expect, it } from 'vitest';
import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import type { DialectRequest, RunOperation } from '../../../src/server/dialect.js';
import { RawQuery } from '../../../src/server/raw-query.js';
import { answerList } from '../../../src/systems/freshmaker/rest/lists.js';

describe('a long page', () => {
  const request = (search: string): DialectRequest => ({
    method: 'GET',
    path: '/api/1/builds/',
    search,
    query: new RawQuery(search.slice(1)),
    headers: {},
    parameters: { version: '1' },
    origin: 'http://h',
    prefix: '',
    requestId: '1',
    address: '127.0.0.1',
    principal: ANONYMOUS,
    credentialsRefused: false,
    body: undefined,
    authenticate: async () => expect.unreachable(),
    annotate: () => expect.unreachable(),
  });

  /** A list of the numbers 1 to total, that remembers what it was asked for. */
  function numbers(total: number): { run: RunOperation; asked: object[] } {
    const asked: object[] = [];
    const run = async (_name: string, variables: any): Promise<any> => {
      const { first, offset, after, withTotal } = variables;
      asked.push({ first, ...(after === undefined ? { offset } : { after }) });
      const start: number = after === undefined ? offset : Number(after);
      const nodes = Array.from(
        { length: Math.max(0, Math.min(first, total - start)) },
        (_, index) => start + index + 1,
      );
      return {
        list: {
          totalCount: withTotal ? total : undefined,
          nodes,
          pageInfo: { endCursor: nodes.at(-1)?.toString() ?? null },
        },
      };
    };
    return { run: run as RunOperation, asked };
  }

  async function list(search: string, total: number) {
    const { run, asked } = numbers(total);
    const source = {
      operation: 'Numbers',
      selection: { filter: {}, orderBy: [] },
      path: '/api/1/builds/',
      represent: (id: number) => ({ id }),
    };
    const { body } = await answerList(request(search), run, source);
    let text = '';
    const askedBeforeReading = asked.length;
    if (typeof body === 'string') text = body;
    else for await (const piece of body as AsyncIterable<string>) text += piece;
    const { items, meta } = JSON.parse(text) as { items: { id: number }[]; meta: Record<string, unknown> };
    return {
      ids: items.map(({ id }) => id),
      meta,
      asked,
      askedBeforeReading,
      streamed: typeof body !== 'string',
      text,
    };
  }

  it('is read slice by slice as the client takes it', async () => {
    const { ids, meta, asked, askedBeforeReading, streamed, text } = await list('?per_page=1200&page=2', 2300);
    expect(ids).toEqual(Array.from({ length: 1100 }, (_, index) => 1201 + index));
    expect(asked).toEqual([
      { first: 500, offset: 1200 },
      { first: 500, after: '1700' },
      { first: 200, after: '2200' },
    ]);
    expect(askedBeforeReading).toBe(1);
    expect(streamed).toBe(true);
    expect(meta).toMatchObject({ page: 2, pages: 2, total: 2300, next: null });
    expect(text).toMatch(/^\{"items":\[\{"id":1201\},.*\}\],"meta":\{"first":.*"total":2300\}\}\n$/);
  });

  it('ends where the list ends on a whole slice', async () => {
    const { ids, asked } = await list('?per_page=99999', 1000);
    expect(ids).toHaveLength(1000);
    expect(asked.at(-1)).toEqual({ first: 500, after: '1000' });
  });

  it('that fits one slice is answered at once', async () => {
    const { ids, asked, streamed } = await list('?per_page=100000000000000000000', 499);
    expect(ids).toHaveLength(499);
    expect(asked).toHaveLength(1);
    expect(streamed).toBe(false);
  });

  it('behind every list asks only for the total', async () => {
    const { ids, meta, asked, text } = await list('?page=99999999999999999999999&per_page=7', 20);
    expect(ids).toEqual([]);
    expect(asked).toEqual([{ first: 0, offset: 0 }]);
    expect(meta).toMatchObject({ pages: 3, total: 20, next: null });
    expect(text).toContain('"page":99999999999999999999999,');
  });
});

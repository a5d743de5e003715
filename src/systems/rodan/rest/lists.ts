import type { DialectResponse } from '../../../server/dialect.js';
import { ok } from './answers.js';
import type { Collection, OrderKey } from './collections.js';
import type { Answering, Exchange } from './exchange.js';
import { readListQuery, type Condition } from './list-query.js';
import { noResults, pageHead, pagesOf, readPage, type AskedPage } from './paging.js';

/** Rows of a list, as the stored operations of lists give them. */
interface Rows<Node> {
  readonly totalCount: number;
  readonly nodes: readonly Node[];
}

/** Makes representations of the rows of a page, in their order. */
export type Representing<Node> = (nodes: readonly Node[], exchange: Exchange) => object[] | Promise<object[]>;

const NOTHING: Rows<never> = { totalCount: 0, nodes: [] };
/** More than any list has that is served at once; the greatest `Int`. */
const ALL = 2 ** 31 - 1;

/** Name of the stored operation that reads a list: `RodanWorkflowRuns`. */
export function listOperation({ list }: Collection): string {
  return `Rodan${list.charAt(0).toUpperCase()}${list.slice(1)}`;
}

/**
 * Answers GET of a list: a page of its rows (contract rodan, section 5), or all of them where that can be asked for.
 * @throws BuildgateError NOT_FOUND for a page that the list does not have
 */
export function listing<Node>(collection: Collection, represent: Representing<Node>): Answering {
  return async (exchange) => {
    const reading = new ListReading<Node>(collection, exchange);
    const { query } = exchange.request;
    if (collection.unpaged && (query.last('disable_pagination') ?? '') !== '') {
      return ok(await represent((await reading.read(ALL, 0)).nodes, exchange));
    }
    return answerPage(reading, represent, exchange);
  };
}

async function answerPage<Node>(
  reading: ListReading<Node>,
  represent: Representing<Node>,
  exchange: Exchange,
): Promise<DialectResponse> {
  const { request } = exchange;
  const asked = readPage(request);
  const { page, size } = await reading.settled(asked);
  const { totalCount, nodes } = await reading.read(size, (page - 1) * size);
  if (page > pagesOf(totalCount, size)) throw noResults(request.query.last('page') ?? '');
  const results = await represent(nodes, exchange);
  return ok({ ...pageHead(request, totalCount, page, size), results });
}

/** Reads one list with the filters and the order of a request. */
class ListReading<Node> {
  readonly #conditions: readonly Condition[] | null;
  readonly #orderBy: readonly OrderKey[];

  constructor(
    private readonly collection: Collection,
    private readonly exchange: Exchange,
  ) {
    const { conditions, orderBy } = readListQuery(collection, exchange.request.query);
    this.#conditions = conditions;
    this.#orderBy = orderBy;
  }

  /** Works out which page the last one is, where that is asked for. */
  async settled({ page, size }: AskedPage): Promise<{ page: number; size: number }> {
    if (page !== 'last') return { page, size };
    return { page: pagesOf((await this.read(0, 0)).totalCount, size), size };
  }

  async read(first: number, offset: number): Promise<Rows<Node>> {
    if (this.#conditions === null) return NOTHING;
    const filter = this.#conditions.length === 0 ? null : { and: this.#conditions };
    const variables = { filter, orderBy: this.#orderBy, first, offset };
    type Data = { rodan: { list: Rows<Node> } };
    return (await this.exchange.run<Data>(listOperation(this.collection), variables)).rodan.list;
  }
}

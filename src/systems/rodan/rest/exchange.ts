import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { Links } from './links.js';

/** One request on its way to an answer. */
export class Exchange {
  readonly links: Links;

  constructor(
    readonly request: DialectRequest,
    /** Runs a stored operation of `operations.graphql` with the rights of the caller. */
    readonly run: RunOperation,
  ) {
    this.links = new Links(request);
  }

  /** The `{id}` of the URI: a UUID in lower case with dashes. */
  get id(): string {
    return this.request.parameters['id']!;
  }

  /** The `{n}` of the URI: the number of a user, of any length. */
  get number(): string {
    return this.request.parameters['n']!;
  }
}

/**
 * Answers a request.
 * @throws BuildgateError, which `answers.ts` words
 */
export type Answering = (exchange: Exchange) => DialectResponse | Promise<DialectResponse>;

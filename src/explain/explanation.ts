import type { SqlValue } from '../core/store/sql.js';

/** How a REST request was answered. */
export interface Explanation {
  /** Template of the route that answered, with the mount: `/freshmaker/api/{version}/events/`. */
  readonly route: string;
  readonly status: number;
  /** From the request to the end of the answer, in milliseconds. */
  readonly ms: number;
  /** The stored operations, in the order in which they were begun; none where the answer needed no data. */
  readonly operations: readonly ExplainedOperation[];
}

/** A stored operation that was run. */
export interface ExplainedOperation {
  readonly name: string;
  /** The document: the operation and its fragments. */
  readonly text: string;
  /** Null where a secret is among them. */
  readonly variables: Readonly<Record<string, unknown>> | null;
  /** Where GraphiQL opens it with these variables; null where there is no such address: see `Twins.address`. */
  readonly graphiql: string | null;
  readonly ms: number;
  /** In the order in which they were answered. */
  readonly statements: readonly ExplainedStatement[];
}

/** An SQL statement of an operation. */
export interface ExplainedStatement {
  /** With the placeholders of the database. */
  readonly sql: string;
  /** Null where a secret is among the variables of the operation. */
  readonly parameters: readonly SqlValue[] | null;
  /** How many rows it gave. */
  readonly rows: number;
  readonly ms: number;
}

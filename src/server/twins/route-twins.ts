import type { Route } from '../dialect.js';
import type { StoredOperation } from './stored-operation.js';
import type { Twins } from './twins.js';

/** A route with what stands behind it in GraphQL. */
export interface RouteTwins {
  readonly route: Route;
  /** In the order of the route table; none where the answer needs no data. */
  readonly operations: readonly StoredOperation[];
}

/**
 * For each route of the dialect, in the order of the route table, its stored operations with their texts.
 * @throws Error naming the route, when it has an operation that is not stored
 */
export function routeTwins({ dialect, operations }: Twins): RouteTwins[] {
  return dialect.routes.map((route) => ({
    route,
    operations: route.operations.map((name) => {
      const operation = operations.get(name);
      if (operation === undefined) throw new Error(`${route.method} ${route.uri}: there is no operation ${name}`);
      return operation;
    }),
  }));
}

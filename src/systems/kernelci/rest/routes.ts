import { BuildgateError } from '../../../core/errors.js';
import type { Dialect, Route } from '../../../server/dialect.js';
import { ADDRESSES } from './addresses.js';
import { kernelciAnswers, withCrossOrigin } from './answers.js';
import { kernelciDescription } from './description.js';
import { completed } from './other-methods.js';
import { readRoutes } from './read-routes.js';
import type { Clock } from './reads.js';
import { writeRoutes } from './write-routes.js';

/** What the dialect is made with. */
export interface KernelciDialectOptions {
  /** Milliseconds since 1970. */
  readonly now?: Clock;
  /** Who a token stands for; without it only the gateway's own tokens do. */
  readonly identify?: Dialect['identify'];
}

/** Kernel CI's backend API, version 1, after its API document and kernelci/kernelci-backend (contract kernelci). */
export function kernelciDialect({ now = Date.now, identify }: KernelciDialectOptions = {}): Dialect {
  return {
    system: 'kernelci',
    prefix: '/kernelci',
    title: 'Kernel CI',
    description: kernelciDescription,
    operations: new URL('./operations.graphql', import.meta.url),
    // The value of a token is all that it takes to use it.
    secretOperations: ['KernelciToken', 'KernelciCreateToken', 'KernelciUpdateToken'],
    routes: completed(Object.values(ADDRESSES), [...readRoutes(now), ...writeRoutes()]).map(served),
    optionalSlash: true,
    headers: { Vary: 'Accept-Encoding' },
    gzip: true,
    entityTags: true,
    headFromGet: false,
    ...(identify && { identify }),
    ...kernelciAnswers,
  };
}

/** A route as it is served: queries that count must be UTF-8, pages of any origin may read the answer. */
function served(route: Route): Route {
  return {
    ...route,
    handle: async (request, run) => {
      if (route.query && !request.query.hasUtf8Values()) throw new BuildgateError('INVALID', 'Bad Request');
      return withCrossOrigin(request, await route.handle(request, run));
    },
  };
}

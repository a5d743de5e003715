import type { Dialect, WholeResponse } from '../../../server/dialect.js';

function failed(status: number, msg: string): WholeResponse {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ status: 'FAILED', msg }) };
}

/** Mozilla's build self-serve API (contract buildapi). */
export function buildapiDialect(): Dialect {
  return {
    system: 'buildapi',
    prefix: '/buildapi',
    title: 'Mozilla buildapi',
    operations: new URL('./operations.graphql', import.meta.url),
    routes: [],
    notFound: () => failed(404, 'Not found'),
    methodNotAllowed: () => failed(405, 'Method not allowed'),
    failure: () => failed(500, 'The server failed to answer this request.'),
  };
}

import type { Route } from '../../../server/dialect.js';
import { type Address, ADDRESSES } from './addresses.js';
import { answer } from './answers.js';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** The routes, with those that say of the remaining methods that they are not implemented. */
export function completed(addresses: readonly Address[], routes: readonly Route[]): Route[] {
  const known = new Set(routes.map(({ method, uri }) => `${method} ${uri}`));
  const others = addresses.flatMap((address) =>
    METHODS.filter((method) => !known.has(`${method} ${address.uri}`)).map((method) => notImplemented(address, method)),
  );
  return [...routes, ...others];
}

/** What no token is asked for, whatever the method (contract kernelci section 2). */
const OPEN: ReadonlySet<Address> = new Set([
  ADDRESSES.jobDistinct,
  ADDRESSES.jobLogs,
  ADDRESSES.jobLogsOfOne,
  ADDRESSES.buildDistinct,
  ADDRESSES.buildLogs,
  ADDRESSES.buildLogsOfOne,
  ADDRESSES.bootDistinct,
  ADDRESSES.testGroupDistinct,
  ADDRESSES.testGroupDistinctCount,
  ADDRESSES.testCaseDistinct,
  ADDRESSES.testCaseDistinctCount,
  ADDRESSES.testCases,
  ADDRESSES.testCase,
  ADDRESSES.testGroup,
]);

const POSTERS = ['kernelci/post'];
const DELETERS = ['kernelci/delete'];
/** Roles that writing to tests needs. */
const TESTERS = ['kernelci/test_lab', 'kernelci/admin', 'kernelci/superuser'];

/** Who is told that there is nothing: those who might write there. Undefined: everybody. */
function accessOf(address: Address, method: string): readonly string[] | undefined {
  if (OPEN.has(address)) return undefined;
  if (address === ADDRESSES.statistics) return method === 'DELETE' ? DELETERS : POSTERS;
  if (address === ADDRESSES.send && method === 'POST') return POSTERS;
  if (method !== 'PUT') return undefined;
  const isTest = address.uri.startsWith('/{test}');
  return isTest ? TESTERS : POSTERS;
}

function notImplemented(address: Address, method: string): Route {
  const access = accessOf(address, method);
  const isCount = address === ADDRESSES.count || address === ADDRESSES.countOfOne;
  const members = isCount && method !== 'PUT' ? { reason: 'Method not implemented' } : {};
  return {
    ...address,
    method,
    summary: 'Not implemented',
    operations: [],
    ...(access && { access }),
    answers: { 501: 'Not implemented' },
    handle: () => answer(501, members),
  };
}

import { BuildgateError, type ErrorCode } from '../core/errors.js';
import type { Route, RunOperation } from './dialect.js';
import type { Caller, StoredOperations } from './execution.js';

/** Codes of `extensions.code` that are the core's own; any other error of an operation is a fault of ours. */
const CORE_CODES: Readonly<Record<ErrorCode, true>> = {
  UNAUTHENTICATED: true,
  FORBIDDEN: true,
  NOT_FOUND: true,
  INVALID: true,
  CONFLICT: true,
  TOO_EXPENSIVE: true,
  CURSOR_EXPIRED: true,
  UNAVAILABLE: true,
  RATE_LIMITED: true,
};

function isCoreCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(CORE_CODES, code);
}

/** Runs stored operations for a caller: of those that write only what the route names, so its table tells who may. */
export function runnerOf(
  operations: StoredOperations,
  { operations: named }: Pick<Route, 'operations'>,
  caller: Caller,
): RunOperation {
  return async <Data>(name: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> => {
    if (operations.writes(name) && !named.includes(name)) throw new Error(`The route does not name ${name}.`);
    const { data, errors } = await operations.run(name, variables, caller);
    const error = errors?.[0];
    if (error === undefined) return data as Data;
    const code = error.extensions['code'];
    if (isCoreCode(code)) throw new BuildgateError(code, error.message, error.extensions);
    throw new Error(`Operation ${name} failed: ${error.message}`, { cause: error });
  };
}

import { GraphQLError, OperationTypeNode } from 'graphql';
import type { OperationRequest } from './execution.js';
import { LIMITS, tooMuch } from './limits.js';
import type { PreparedOperation } from './prepared-operation.js';

/** What an operation costs, in rows, as answers tell it. */
export interface Cost {
  /** Rows that it asks for, were every page full. */
  readonly requested: number;
  /** Rows that were read for it outside of transactions. */
  readonly actual: number;
  /** Most rows that may be asked for. */
  readonly limit: number;
}

/** The cost of an operation that has read so many rows. */
export function costOf(requested: number, actual: number): Cost {
  return { requested, actual, limit: LIMITS.rows };
}

/** Whether a request may be executed whose document is right. */
export interface Admission {
  /** Why not; null when it may. */
  readonly refusal: GraphQLError | null;
  /** Rows that it asks for, where that is bounded. */
  readonly requested: number | null;
}

/** Looks at what a request asks for with its variables. Stored operations of dialects may ask for any number of rows. */
export function admission({ variables, transport }: OperationRequest, operation: PreparedOperation): Admission {
  const isStored = transport === 'stored';
  const refusal = variablesRefusal(variables, isStored);
  if (refusal || isStored) return { refusal, requested: null };
  // As a number that JSON has.
  const requested = Math.min(operation.rowsAskedFor(variables ?? {}), Number.MAX_SAFE_INTEGER);
  return { refusal: costRefusal(requested), requested };
}

function variablesRefusal(variables: OperationRequest['variables'], isStored: boolean): GraphQLError | null {
  if (isDeeperThan(LIMITS.variableDepth, variables)) {
    return new GraphQLError(`variables: nested more than ${LIMITS.variableDepth} levels deep.`);
  }
  if (isStored || countUpTo(LIMITS.variableValues + 1, variables) <= LIMITS.variableValues) return null;
  return tooMuch(`variables: more than ${LIMITS.variableValues} values.`, LIMITS.variableValues);
}

function costRefusal(requested: number): GraphQLError | null {
  if (requested <= LIMITS.rows) return null;
  const message = `The operation asks for more than ${LIMITS.rows} rows: take smaller pages.`;
  return tooMuch(message, LIMITS.rows, { requested });
}

/** Why a transport that gives one answer cannot serve a subscription; null for other operations. */
export function subscriptionRefusal(operation: PreparedOperation): GraphQLError | null {
  if (operation.type !== OperationTypeNode.SUBSCRIPTION) return null;
  return new GraphQLError('Subscriptions are served over WebSocket (graphql-transport-ws).');
}

/** Whether a JSON value has more levels; a value that recursion can walk is one that nothing later overflows on. */
function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((member) => isDeeperThan(levels - 1, member));
}

/** How many values there are within one, looked for up to a number; at most `LIMITS.variableDepth` levels. */
function countUpTo(most: number, value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  for (const member of Object.values(value)) {
    count += 1 + countUpTo(most - count, member);
    if (count >= most) break;
  }
  return count;
}

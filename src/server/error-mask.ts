import { GraphQLError, type ExecutionResult } from 'graphql';
import { BuildgateError } from '../core/errors.js';
import { withoutSuggestion, type SchemaDetails } from './schema-details.js';

/** Told of every fault that is not shown to the caller. */
export type OnFault = (error: unknown, requestId: string) => void;

/** How errors are shown. */
interface Mask {
  readonly onFault: OnFault;
  readonly details: SchemaDetails;
}

/** A result as a caller may see it. */
export function masked(result: ExecutionResult, requestId: string, mask: Mask): ExecutionResult {
  if (!result.errors) return result;
  return { ...result, errors: result.errors.map((error) => maskedError(error, requestId, mask)) };
}

/** Refusals of ours and faults of the document are shown; anything else is logged and named by the request id only. */
function maskedError(error: GraphQLError, requestId: string, { onFault, details }: Mask): GraphQLError {
  const cause = rootCause(error);
  const { nodes, path } = error;
  if (cause instanceof BuildgateError) {
    const extensions = { ...cause.details, code: cause.code };
    return new GraphQLError(cause.message, { nodes, path, extensions });
  }
  if (cause instanceof GraphQLError) {
    const extensions = { code: 'BAD_USER_INPUT', ...error.extensions };
    const message = details.suggestions ? error.message : withoutSuggestion(error.message);
    return new GraphQLError(message, { nodes, path, extensions });
  }
  onFault(cause, requestId);
  const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId };
  return new GraphQLError('Internal error.', { nodes, path, extensions });
}

/** What was thrown first: GraphQL wraps errors, and scalars throw GraphQL errors of their own. */
function rootCause(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError) cause = cause.originalError;
  return cause;
}

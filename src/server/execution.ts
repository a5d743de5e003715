import type { ExecutionResult } from 'graphql';
import type { Principal } from '../core/auth/principal.js';

/** Who asks and how the request is told apart in the logs. */
export interface Caller {
  readonly principal: Principal;
  readonly requestId: string;
}

/** Operations of one `.graphql` file, parsed, validated and compiled when the server starts. */
export interface StoredOperations {
  /**
   * Runs one named operation with the rights of the caller and without the page cap of foreign documents.
   * Never rejects: faults come back as `errors`, with `extensions.code` where the core refused.
   */
  run(name: string, variables: Readonly<Record<string, unknown>>, caller: Caller): Promise<ExecutionResult>;
}

import { setTimeout } from 'node:timers/promises';
import type { ExecutionResult } from 'graphql';
import type { LogEntry } from '../../core/changes/log.js';
import type { OperationRequest } from '../execution.js';
import { Payload } from './payload.js';

/** How long a change that could not be read waits for the database. */
const REDELIVERY_MS = 250;

/** What subscriptions need of the gate. */
export interface Executor {
  /** Executes a prepared operation; its errors are as they were thrown. */
  readonly execute: (request: OperationRequest, rootValue: unknown) => Promise<ExecutionResult>;
  /** Errors as a caller may see them; what the caller may not see is logged under the request id. */
  readonly mask: (result: ExecutionResult, requestId: string) => ExecutionResult;
}

/** Whose answer it is. */
export interface Asker {
  readonly request: OperationRequest;
  /** Whether nobody wants the answer any more. */
  readonly isGone: () => boolean;
}

/**
 * What one change is answered with. A masked fault names a request id, so each connection gets it with its own id and has
 * its own line in the log; all other answers are the same bytes for all who share the answer.
 */
export class Answer {
  /** Whether it depends on who asks. */
  readonly isPersonal: boolean;
  readonly #unmasked: ExecutionResult;
  readonly #mask: Executor['mask'];
  readonly #asker: string;
  readonly #payload: Payload;
  /** Whether the payload names the request id of the asker, as a masked fault does. */
  readonly #namesRequest: boolean;

  private constructor(
    unmasked: ExecutionResult,
    masked: ExecutionResult,
    request: OperationRequest,
    mask: Executor['mask'],
  ) {
    this.isPersonal = request.context.isPersonal;
    this.#unmasked = unmasked;
    this.#mask = mask;
    this.#asker = request.context.requestId;
    this.#payload = new Payload(masked);
    this.#namesRequest = hasError(masked, 'INTERNAL_SERVER_ERROR');
  }

  /** Executes the operation of a subscription for a change, with a fresh context; waits for a database that is away. */
  static async to(entry: LogEntry, asker: Asker, { execute, mask }: Executor): Promise<Answer> {
    for (;;) {
      const request = { ...asker.request, context: asker.request.context.renewed() };
      const unmasked = await execute(request, entry);
      const masked = mask(unmasked, request.context.requestId);
      // A change is not given out without what was asked of it: its subscriber would take it for seen.
      if (asker.isGone() || !hasError(masked, 'UNAVAILABLE')) return new Answer(unmasked, masked, request, mask);
      await setTimeout(REDELIVERY_MS, undefined, { ref: false });
    }
  }

  /** How much there is of it, in bytes. */
  get size(): number {
    return this.#payload.size;
  }

  /** The answer as a connection is to see it: the same bytes for all, unless a fault has to name its request id. */
  payloadFor(requestId: string): Payload {
    if (!this.#namesRequest || requestId === this.#asker) return this.#payload;
    return new Payload(this.#mask(this.#unmasked, requestId));
  }
}

function hasError({ errors }: ExecutionResult, code: string): boolean {
  return errors?.some(({ extensions }) => extensions['code'] === code) === true;
}

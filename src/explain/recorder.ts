import { AsyncLocalStorage } from 'node:async_hooks';
import { performance } from 'node:perf_hooks';
import type { FinishedRead } from '../core/store/finished-read.js';
import type { StoredOperations } from '../server/execution.js';
import type { Twins } from '../server/twins/twins.js';
import type { ExplainedOperation, ExplainedStatement } from './explanation.js';

/** Records which operations are run, and which statements each of them causes. */
export class Recorder {
  readonly #gateway: string | null;
  readonly #operations: ExplainedOperation[] = [];
  /** The statements of the operation that is under way, also where several are at once. */
  readonly #current = new AsyncLocalStorage<{
    readonly statements: ExplainedStatement[];
    readonly isSecret: boolean;
  }>();

  /** @param gateway address of the gateway's own pages, without a slash at the end; null where GraphiQL is none of them */
  constructor(gateway: string | null) {
    this.#gateway = gateway;
  }

  get operations(): readonly ExplainedOperation[] {
    return this.#operations;
  }

  /** Takes down a statement; those of no operation, which look at credentials, are left out. */
  heard({ text: sql, values, rows, ms }: FinishedRead): void {
    const running = this.#current.getStore();
    running?.statements.push({ sql, parameters: running.isSecret ? null : values, rows, ms });
  }

  /** The same operations, which are recorded. */
  recording(operations: StoredOperations, twins: Twins): StoredOperations {
    return {
      writes: (name) => operations.writes(name),
      run: (name, variables, caller) => {
        const [statements, isSecret, begun] = [[] as ExplainedStatement[], twins.isSecret(name), performance.now()];
        const operation = {
          name,
          text: twins.operations.get(name)!.text,
          variables: isSecret ? null : variables,
          graphiql: (this.#gateway !== null && twins.address(this.#gateway, name, variables)) || null,
          ms: 0,
          statements,
        };
        this.#operations.push(operation);
        const run = operations.run.bind(operations, name, variables, caller);
        return this.#current.run({ statements, isSecret }, run).finally(() => {
          operation.ms = performance.now() - begun;
        });
      },
    };
  }
}

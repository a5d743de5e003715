import type { LoaderDefinition, OperationContext } from '../../core/graphql/context.js';
import { BuildgateError } from '../../core/errors.js';
import { parseExact } from '../../core/json.js';
import { inList, raw, sql } from '../../core/store/sql.js';
import type { StepRow } from './reads.js';

/** What a step says besides its name (contract devmason, section 4.5). */
export interface StepOutput {
  readonly output: string;
  readonly errout: string;
  /** Everything else, by key. */
  readonly extra: object;
}

/** Bytes that one operation may read of it: an answer is made in memory. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Bytes that each operation has read so far. */
const spent = new WeakMap<OperationContext, number>();

/** What a step says. Rejects with TOO_EXPENSIVE when the operation would read more than 64 MiB, and reads none of it. */
export const OUTPUT_OF_STEP: LoaderDefinition<StepRow, StepOutput> = {
  name: 'devmason:outputOfStep',
  cacheKey: ({ id }) => id,
  read: async (context, steps) => {
    spend(
      context,
      steps.reduce((sum, { size }) => sum + size, 0),
    );
    const { reader } = context;
    const ids = steps.map(({ id }) => id);
    const rows = await reader.all<{ id: number; output: string; errout: string; extra: string }>(
      sql`SELECT job_id AS id, output, errout, extra FROM devmason_step_output
        WHERE ${inList(reader.dialect, raw('job_id'), ids, 'bigint')}`,
    );
    const byStep = new Map(rows.map((row) => [row.id, row]));
    return ids.map((id) => parsed(byStep.get(id)));
  },
};

function spend(context: OperationContext, bytes: number): void {
  const total = (spent.get(context) ?? 0) + bytes;
  if (total > MAX_BYTES) {
    const message = 'The operation asks for more than 64 MiB of output of build steps: take fewer of them at once.';
    throw new BuildgateError('TOO_EXPENSIVE', message, { limit: MAX_BYTES });
  }
  spent.set(context, total);
}

/** A step that was deleted between two reads says nothing. */
function parsed(row: { output: string; errout: string; extra: string } | undefined): StepOutput {
  if (!row) return { output: '', errout: '', extra: {} };
  return {
    output: JSON.parse(row.output) as string,
    errout: JSON.parse(row.errout) as string,
    extra: parseExact(row.extra) as object,
  };
}

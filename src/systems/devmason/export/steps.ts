import { JsonText, objectText } from '../../../core/export/json-object.js';
import { grouped } from '../../../core/export/values.js';
import { parseExact } from '../../../core/json.js';
import { State } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import { formatOffsetTime } from '../../../core/time.js';

/** A step as builds have it. */
export interface ExportedStep {
  /** JSON text. */
  readonly text: string;
  /** Microseconds since 1970. */
  readonly receivedAt: number;
}

interface StepRow {
  readonly build: number;
  readonly name: string;
  readonly state: State;
  readonly receivedAt: number;
  readonly startedAt: number;
  readonly startedOffset: number;
  readonly finishedAt: number;
  readonly finishedOffset: number;
  readonly output: string;
  readonly errout: string;
  readonly extra: string;
}

/** The steps of builds with these ids, in the order of their arrival, by build. */
export async function stepsOf(
  reader: Reader,
  builds: readonly number[],
): Promise<ReadonlyMap<number, readonly ExportedStep[]>> {
  const steps = await reader.all<StepRow>(
    sql`SELECT job.build_id AS build, job.name AS name, job.state AS state, job.created_at AS "receivedAt",
        job.started_at AS "startedAt", job.devmason_started_offset AS "startedOffset",
        job.finished_at AS "finishedAt", job.devmason_finished_offset AS "finishedOffset",
        said.output AS output, said.errout AS errout, said.extra AS extra
      FROM job JOIN devmason_step_output said ON said.job_id = job.id
      WHERE ${inList(reader.dialect, raw('job.build_id'), builds, 'bigint')}
      ORDER BY job.build_id, job.devmason_number`,
  );
  return grouped(
    steps,
    ({ build }) => build,
    (step) => ({ text: stepText(step), receivedAt: step.receivedAt }),
  );
}

function stepText(step: StepRow): string {
  return objectText({
    ...(parseExact(step.extra) as Record<string, unknown>),
    success: step.state === State.SUCCEEDED,
    started: formatOffsetTime({ at: step.startedAt, offset: step.startedOffset }),
    finished: formatOffsetTime({ at: step.finishedAt, offset: step.finishedOffset }),
    name: step.name,
    output: new JsonText(step.output),
    errout: new JsonText(step.errout),
  });
}

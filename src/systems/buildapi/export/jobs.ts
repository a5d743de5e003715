import { JsonText, objectText } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import type { Remarks } from '../../../core/export/remarks.js';
import { tableArray, type ExportedArray } from '../../../core/export/run.js';
import { timeText } from '../../../core/export/values.js';
import { recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import { raw, sql } from '../../../core/store/sql.js';
import { secondsOf } from './values.js';

interface JobRow {
  readonly id: number;
  readonly action: string;
  readonly word: string;
  readonly who: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  readonly what: string;
  readonly completeData: string | null;
  readonly imported: boolean | number;
}

/** Job requests. To whoever imports them they are history, also those that agents have yet to do. */
export function jobs(remarks: Remarks): ExportedArray {
  return tableArray<JobRow>({
    key: 'jobs',
    name: { one: 'job', many: 'jobs' },
    source: {
      select: raw(`id AS id, name AS action, legacy_state AS word, requester AS who, created_at AS "createdAt",
        started_at AS "startedAt", finished_at AS "finishedAt", buildapi_what AS what, buildapi_complete_data AS "completeData",
        buildapi_imported AS imported`),
      from: raw('job'),
      where: sql`system = ${System.BUILDAPI}`,
      key: ['id'],
      weight: bytesOf('buildapi_what', 'buildapi_complete_data'),
    },
    elements: (rows) => {
      for (const { id, word, imported } of rows) {
        if (word !== 'logged' || imported) continue;
        remarks.add(
          'jobs that wait for an agent, and that nobody will do where they are imported',
          `${recordNumber(id)}`,
        );
      }
      return rows.map(jobText);
    },
  });
}

function jobText(row: JobRow): string {
  return objectText({
    job_id: recordNumber(row.id),
    action: row.action,
    who: row.who ?? '',
    when: secondsOf(row.createdAt),
    what: new JsonText(row.what),
    // The old format has no such time, and what is not done will not be.
    started_at: row.word === 'logged' ? undefined : (timeText(row.startedAt) ?? undefined),
    completed_at: secondsOf(row.finishedAt),
    complete_data: row.completeData === null ? null : new JsonText(row.completeData),
  });
}

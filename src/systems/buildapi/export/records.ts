import { JsonText, objectText } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import { tableArray } from '../../../core/export/run.js';
import { grouped } from '../../../core/export/values.js';
import { recordNumber } from '../../../core/ids.js';
import { System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import { secondsOf } from './values.js';

interface ChangeRow {
  readonly id: number;
  readonly author: string | null;
  readonly createdAt: number;
  readonly branch: string | null;
  readonly revision: string | null;
  readonly comments: string | null;
  readonly revlink: string | null;
  readonly category: string | null;
  readonly files: string | null;
}

/** Changes; the state of one follows from its requests. */
export const changes = tableArray<ChangeRow>({
  key: 'changes',
  name: { one: 'change', many: 'changes' },
  source: {
    select: raw(`id AS id, requester AS author, created_at AS "createdAt", buildapi_branch AS branch,
      buildapi_revision AS revision, buildapi_comments AS comments, buildapi_revlink AS revlink,
      buildapi_category AS category, buildapi_files AS files`),
    from: raw('event'),
    where: sql`system = ${System.BUILDAPI}`,
    key: ['id'],
    weight: bytesOf('buildapi_comments', 'buildapi_files'),
  },
  elements: (rows) => rows.map(changeText),
});

function changeText(row: ChangeRow): string {
  return objectText({
    changeid: recordNumber(row.id),
    author: row.author ?? '',
    when_timestamp: secondsOf(row.createdAt),
    branch: row.branch,
    revision: row.revision,
    comments: row.comments,
    revlink: row.revlink,
    category: row.category,
    files: filesOf(row),
  });
}

/** Whoever asks for a build may name its files by any JSON; the format has texts, as the GraphQL schema does. */
function filesOf({ files }: ChangeRow): string[] {
  const names = JSON.parse(files ?? '[]') as unknown[];
  return names.map((name) => (typeof name === 'string' ? name : JSON.stringify(name)));
}

interface RequestRow {
  readonly id: number;
  readonly builder: string;
  readonly word: string;
  readonly submittedAt: number;
  readonly finishedAt: number | null;
  readonly branch: string | null;
  readonly revision: string | null;
  readonly priority: number;
  readonly claimedAt: number;
  readonly claimedByName: string | null;
  readonly claimedByIncarnation: string | null;
  readonly results: number | null;
  readonly reason: string | null;
  readonly properties: string;
  readonly buildsetId: number | null;
}

/** Requests with the changes that they are for. */
export const requests = tableArray<RequestRow>({
  key: 'requests',
  name: { one: 'request', many: 'requests' },
  source: {
    select: raw(`id AS id, name AS builder, legacy_state AS word, submitted_at AS "submittedAt",
      finished_at AS "finishedAt", buildapi_source_branch AS branch, buildapi_request_revision AS revision,
      buildapi_priority AS priority, buildapi_claimed_at AS "claimedAt", buildapi_claimed_by_name AS "claimedByName",
      buildapi_claimed_by_incarnation AS "claimedByIncarnation", buildapi_results AS results,
      buildapi_reason AS reason, buildapi_properties AS properties, buildapi_buildset_id AS "buildsetId"`),
    from: raw('build'),
    where: sql`system = ${System.BUILDAPI}`,
    key: ['id'],
    weight: bytesOf('buildapi_reason', 'buildapi_properties'),
  },
  elements: async (rows, reader) => {
    const changeIds = await changesOf(reader, rows);
    return rows.map((row) => requestText(row, changeIds.get(row.id) ?? []));
  },
});

async function changesOf(reader: Reader, rows: readonly RequestRow[]): Promise<ReadonlyMap<number, readonly number[]>> {
  const ids = rows.map(({ id }) => id);
  const links = await reader.all<{ request: number; change: number }>(
    sql`SELECT request_id AS request, change_id AS change FROM buildapi_request_change
      WHERE ${inList(reader.dialect, raw('request_id'), ids, 'bigint')} ORDER BY request_id, change_id`,
  );
  return grouped(
    links,
    ({ request }) => request,
    ({ change }) => recordNumber(change),
  );
}

function requestText(row: RequestRow, changeIds: readonly number[]): string {
  return objectText({
    request_id: recordNumber(row.id),
    buildername: row.builder,
    branch: row.branch,
    revision: row.revision,
    submittime: secondsOf(row.submittedAt),
    complete: row.word === 'complete' ? 1 : 0,
    complete_at: secondsOf(row.finishedAt),
    priority: row.priority,
    claimed_at: row.claimedAt,
    reason: row.reason,
    properties: new JsonText(row.properties),
    results: row.results,
    claimed_by_name: row.claimedByName,
    claimed_by_incarnation: row.claimedByIncarnation,
    change_ids: changeIds,
    buildsetid: row.buildsetId,
  });
}

interface AttemptRow {
  readonly id: number;
  readonly requestId: number;
  readonly number: number;
  readonly startedAt: number;
  readonly finishedAt: number | null;
  readonly slaveName: string | null;
}

/** Builds, one for each attempt at a request. Results and masters are their requests'. */
export const builds = tableArray<AttemptRow>({
  key: 'builds',
  name: { one: 'build', many: 'builds' },
  source: {
    select: raw(`id AS id, request_id AS "requestId", build_number AS number, started_at AS "startedAt",
      finished_at AS "finishedAt", slave_name AS "slaveName"`),
    from: raw('buildapi_attempt'),
    key: ['id'],
    weight: raw('0'),
  },
  elements: (rows) =>
    rows.map((row) =>
      objectText({
        build_id: recordNumber(row.id),
        request_id: recordNumber(row.requestId),
        buildnumber: row.number,
        starttime: secondsOf(row.startedAt),
        endtime: secondsOf(row.finishedAt),
        slavename: row.slaveName,
      }),
    ),
});

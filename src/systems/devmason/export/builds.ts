import { JsonText, listText, objectText, type Members } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import { tableArray } from '../../../core/export/run.js';
import { grouped, timeText } from '../../../core/export/values.js';
import { State, System } from '../../../core/model/states.js';
import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import { formatOffsetTime } from '../../../core/time.js';
import { stepsOf, type ExportedStep } from './steps.js';

interface BuildRow {
  readonly id: number;
  /** `{slug}/{id}` */
  readonly legacyId: string;
  readonly state: State;
  readonly requester: string | null;
  readonly receivedAt: number;
  readonly startedAt: number;
  readonly startedOffset: number;
  readonly finishedAt: number | null;
  readonly finishedOffset: number | null;
  readonly client: string;
  readonly reporter: string | null;
  readonly reporterGone: boolean | number | null;
  readonly incremental: boolean | number | null;
}

/** Builds in the order of their reports, with their steps. */
export const builds = tableArray<BuildRow>({
  key: 'builds',
  name: { one: 'build', many: 'builds' },
  source: {
    select: raw(`build.id AS id, build.legacy_id AS "legacyId", build.state AS state, build.requester AS requester,
      build.submitted_at AS "receivedAt", build.started_at AS "startedAt", build.finished_at AS "finishedAt",
      build.devmason_started_offset AS "startedOffset", build.devmason_finished_offset AS "finishedOffset",
      build.devmason_client AS client, build.devmason_incremental AS incremental,
      build.devmason_reporter_gone AS "reporterGone", member.name AS reporter`),
    from: raw('build LEFT JOIN member ON member.id = build.devmason_reporter_id'),
    where: sql`build.system = ${System.DEVMASON}`,
    key: ['build.id'],
    weight: sql`build.devmason_size + ${bytesOf('build.devmason_client')}`,
  },
  elements: async (rows, reader) => {
    const ids = rows.map(({ id }) => id);
    const tags = await tagsOf(reader, ids);
    const steps = await stepsOf(reader, ids);
    return rows.map((row) => buildText(row, tags.get(row.id) ?? [], steps.get(row.id) ?? []));
  },
});

async function tagsOf(reader: Reader, ids: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
  const tags = await reader.all<{ build: number; name: string }>(
    sql`SELECT link.build_id AS build, tag.name AS name FROM devmason_build_tag link
      JOIN devmason_tag tag ON tag.id = link.tag_id
      WHERE ${inList(reader.dialect, raw('link.build_id'), ids, 'bigint')} ORDER BY link.build_id, tag.name`,
  );
  return grouped(
    tags,
    ({ build }) => build,
    ({ name }) => name,
  );
}

const SUCCESS: Readonly<Partial<Record<State, boolean>>> = { [State.SUCCEEDED]: true, [State.FAILED]: false };

function buildText(row: BuildRow, tags: readonly string[], steps: readonly ExportedStep[]): string {
  const [slug = '', id = ''] = row.legacyId.split('/');
  const { startedAt, finishedAt } = row;
  return objectText({
    project: slug,
    id,
    success: SUCCESS[row.state] ?? null,
    started: formatOffsetTime({ at: startedAt, offset: row.startedOffset }),
    finished: finishedAt === null ? null : formatOffsetTime({ at: finishedAt, offset: row.finishedOffset ?? 0 }),
    tags,
    client: new JsonText(row.client),
    // Said to be nobody, so that the import does not look for one.
    reporter: row.reporter ?? '',
    incremental: row.incremental ? true : undefined,
    ...ownMembers(row, steps),
    results: listText(steps.map(({ text }) => text)),
  });
}

/** What the old format does not have, where it is not what an import takes it for. */
function ownMembers(row: BuildRow, steps: readonly ExportedStep[]): Members {
  const { receivedAt, startedAt, finishedAt } = row;
  const isSame = receivedAt === (finishedAt ?? startedAt);
  const areSame = steps.every((step) => step.receivedAt === receivedAt);
  return {
    reporter_gone: row.reporterGone ? (row.requester ?? '') : undefined,
    received: isSame ? undefined : timeText(receivedAt),
    results_received: areSame ? undefined : steps.map((step) => timeText(step.receivedAt)),
  };
}

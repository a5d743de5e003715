import type { Reader } from '../../../core/store/reader.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import type { InstalledJob } from './blueprint.js';

/** Those of some jobs that are installed, by name; a fixed number of statements. */
export async function loadInstalled(reader: Reader, names: readonly string[]): Promise<Map<string, InstalledJob>> {
  const storable = [...new Set(names)].filter((name) => !name.includes('\0'));
  const named = inList(reader.dialect, raw('job.name'), storable, 'text');
  const jobs = await reader.all<{ uuid: string; name: string; schema: string }>(
    sql`SELECT job.uuid, job.name, job.settings AS schema FROM rodan_job job WHERE ${named}`,
  );
  const typesOf = async (table: string): Promise<Map<string, Map<string, string>>> => {
    const rows = await reader.all<{ uuid: string; name: string; job: string }>(
      sql`SELECT kind.uuid, kind.name, kind.job_uuid AS job FROM ${raw(table)} kind
        JOIN rodan_job job ON job.uuid = kind.job_uuid WHERE ${named} ORDER BY kind.id DESC`,
    );
    const byJob = Map.groupBy(rows, ({ job }) => job);
    return new Map([...byJob].map(([job, types]) => [job, new Map(types.map(({ name, uuid }) => [name, uuid]))]));
  };
  const inputs = await typesOf('rodan_input_port_type');
  const outputs = await typesOf('rodan_output_port_type');
  return new Map(
    jobs.map((job) => {
      const types = { inputTypes: inputs.get(job.uuid) ?? new Map(), outputTypes: outputs.get(job.uuid) ?? new Map() };
      return [job.name, { ...job, ...types }];
    }),
  );
}

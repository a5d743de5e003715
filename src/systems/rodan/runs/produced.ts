import { randomUUID } from 'node:crypto';
import { BuildgateError } from '../../../core/errors.js';
import { insertRows } from '../../../core/store/rows.js';
import { join, sql } from '../../../core/store/sql.js';
import { storableText, type Transaction } from '../../../core/store/transaction.js';
import type { LockedRunJob } from './records.js';

/** What a run job that is finished has made: where the files are, which are not kept here (contract rodan, section 8). */

/** Files of one resource: paths behind `/uploads/`. */
export interface ProducedFile {
  readonly name?: string | null;
  /** The file as it was made. */
  readonly file?: string | null;
  /** The file that other jobs read; the usual place by default. */
  readonly compatFile?: string | null;
  readonly smallThumb?: string | null;
  readonly mediumThumb?: string | null;
  readonly largeThumb?: string | null;
}

/** What was made for an output: a file, or for a resource list its files in order. */
export interface ProducedOutput extends ProducedFile {
  /** UUID of the output. */
  readonly output: string;
  readonly files?: readonly ProducedFile[] | null;
}

/** An output with what it gives, as stored. */
interface StoredOutput {
  readonly uuid: string;
  readonly resourceUuid: string | null;
  readonly listUuid: string | null;
  readonly projectUuid: string;
  readonly typeUuid: string | null;
  readonly extension: string | null;
  readonly listName: string | null;
}

/** A resource whose files are there. */
interface ReadyResource {
  readonly uuid: string;
  readonly files: ProducedFile;
  /** Where the file lies unless it was said. */
  readonly standardPath: string;
}

const MAX_FILES = 10_000;
const PATH = /^[^\p{Cc}\\]{1,1000}$/u;
const BATCH = 200;

/**
 * Notes where the files of all outputs of a run job are.
 * @throws BuildgateError INVALID when an output is not one of the run job, a list has no files, or a path is none
 */
export async function storeProduced(
  transaction: Transaction,
  runJob: LockedRunJob,
  produced: readonly ProducedOutput[],
): Promise<void> {
  const outputs = await outputsOf(transaction, runJob.id);
  const said = new Map(produced.map((one) => [one.output.toLowerCase(), one]));
  const unknown = produced.find(({ output }) => !outputs.some(({ uuid }) => uuid === output.toLowerCase()));
  if (unknown) throw refused('output', `${JSON.stringify(unknown.output)} is no output of the run job.`);
  const ready: ReadyResource[] = [];
  for (const output of outputs) {
    const files: ProducedFile = said.get(output.uuid) ?? {};
    if (output.resourceUuid !== null) ready.push(readyResource(output, output.resourceUuid, files));
    else if (output.listUuid !== null)
      ready.push(...(await fillList(transaction, output, output.listUuid, said.get(output.uuid)?.files ?? [])));
  }
  await storeFiles(transaction, ready);
}

function outputsOf(transaction: Transaction, runJobId: number): Promise<StoredOutput[]> {
  return transaction.all(
    sql`SELECT output.uuid, output.resource_uuid AS "resourceUuid", output.resource_list_uuid AS "listUuid",
        COALESCE(resource.project_uuid, list.project_uuid) AS "projectUuid",
        COALESCE(resource.resource_type_uuid, list.resource_type_uuid) AS "typeUuid", type.extension, list.name AS "listName"
      FROM rodan_output output LEFT JOIN rodan_resource resource ON resource.uuid = output.resource_uuid
      LEFT JOIN rodan_resource_list list ON list.uuid = output.resource_list_uuid
      LEFT JOIN rodan_resource_type type ON type.uuid = COALESCE(resource.resource_type_uuid, list.resource_type_uuid)
      WHERE output.run_job_id = ${runJobId} ORDER BY output.id`,
  );
}

/** Gives a resource list its members. Those that it has from an earlier time get the new files; too many are let go. */
async function fillList(
  transaction: Transaction,
  output: StoredOutput,
  listUuid: string,
  files: readonly ProducedFile[],
): Promise<ReadyResource[]> {
  if (files.length === 0) throw refused('files', `the resource list of output ${output.uuid} needs at least one.`);
  if (files.length > MAX_FILES) throw refused('files', `at most ${MAX_FILES} for one output.`);
  const { typeUuid } = output;
  if (typeUuid === null) throw refused('output', `${output.uuid} gives a resource list without a resource type.`);
  const members = await transaction.all<{ uuid: string }>(
    sql`SELECT resource_uuid AS uuid FROM rodan_resource_list_item WHERE list_uuid = ${listUuid} ORDER BY position`,
  );
  const ready = files.map((file, index) => readyResource(output, members[index]?.uuid ?? randomUUID(), file));
  const added = ready.slice(members.length).map(({ uuid, files: { name } }, index) => ({
    uuid,
    project_uuid: output.projectUuid,
    resource_type_uuid: typeUuid,
    origin_uuid: output.uuid,
    name: name ?? null,
    description: `Order #${members.length + index} in ResourceList ${output.listName ?? ''}`,
    created_at: transaction.now,
    updated_at: transaction.now,
  }));
  await insertRows(transaction, 'rodan_resource', added);
  const items = added.map(({ uuid }, index) => {
    return { list_uuid: listUuid, position: members.length + index, resource_uuid: uuid };
  });
  await insertRows(transaction, 'rodan_resource_list_item', items);
  await transaction.all(
    sql`DELETE FROM rodan_resource_list_item WHERE list_uuid = ${listUuid} AND position >= ${files.length}`,
  );
  await transaction.all(sql`UPDATE rodan_resource_list SET updated_at = ${transaction.now} WHERE uuid = ${listUuid}`);
  return ready;
}

function readyResource({ projectUuid, extension }: StoredOutput, uuid: string, files: ProducedFile): ReadyResource {
  const folder = `projects/${projectUuid.replaceAll('-', '')}/resources/${uuid.replaceAll('-', '')}`;
  return { uuid, files, standardPath: `${folder}/compat_file.${extension || 'bin'}` };
}

/** Writes where files are, some hundred resources with each statement. */
async function storeFiles(transaction: Transaction, resources: readonly ReadyResource[]): Promise<void> {
  const rows = resources.map(({ uuid, files, standardPath }) => {
    const { file = null, compatFile, smallThumb = null, mediumThumb = null, largeThumb = null } = files;
    const paths = [file, compatFile ?? standardPath, smallThumb, mediumThumb, largeThumb].map(checkedPath);
    const thumb = [smallThumb, mediumThumb, largeThumb].some((path) => path !== null);
    const values = [uuid, ...paths].map((value) => sql`CAST(${value} AS text)`);
    return sql`(${join(values, ', ')}, CAST(${thumb} AS boolean))`;
  });
  for (let start = 0; start < rows.length; start += BATCH) {
    await transaction.all(
      sql`WITH made (uuid, file, compat_file, small, medium, large, thumb) AS
          (VALUES ${join(rows.slice(start, start + BATCH), ', ')})
        UPDATE rodan_resource SET file = COALESCE(made.file, rodan_resource.file), compat_file = made.compat_file,
          small_thumb = made.small, medium_thumb = made.medium, large_thumb = made.large, has_thumb = made.thumb,
          updated_at = ${transaction.now} FROM made WHERE rodan_resource.uuid = made.uuid`,
    );
  }
}

/** A path as it can stand in a URI behind `/uploads/`: nothing in it leads out of there. */
function checkedPath(path: string | null): string | null {
  if (path === null) return null;
  storableText('file', path);
  const isPlain = PATH.test(path) && path.split('/').every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isPlain) throw refused('file', 'a path behind /uploads/ without empty parts and dots, 1 to 1000 characters.');
  return path;
}

function refused(field: string, text: string): BuildgateError {
  return new BuildgateError('INVALID', `${field}: ${text}`);
}

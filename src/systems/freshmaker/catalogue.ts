import { BuildgateError } from '../../core/errors.js';
import type { Reader } from '../../core/store/reader.js';
import { inList, raw, sql } from '../../core/store/sql.js';

/**
 * Which images are handled: the checks and texts of verify-image (contract freshmaker, section 9) over the imported
 * catalogue. Every refusal is INVALID with the contract's message.
 */

/** An image with what the checks need. */
export interface CatalogueImage {
  readonly nvr: string;
  readonly contentSets: string[];
  readonly tags: string[];
}

/** The answer for one image. */
export interface ImageVerification {
  readonly images: CatalogueImage[];
  readonly message: string;
}

/** The answer for a repository. */
export interface RepositoryVerification extends ImageVerification {
  readonly autoRebuildTags: string[];
}

interface ImageRow {
  readonly id: number;
  readonly nvr: string;
  readonly contentSets: string;
}

interface ImageRepositoryRow {
  readonly imageId: number;
  readonly registry: string;
  readonly repository: string;
  readonly published: boolean | number;
  readonly tags: string;
}

interface RepositoryRow {
  readonly releaseCategories: string;
  readonly published: boolean | number;
  readonly autoRebuildTags: string | null;
}

const SUPPORTED = ['Generally Available', 'Tech Preview', 'Beta'];
const IMAGE_COLUMNS = raw('i.id AS id, i.nvr AS nvr, i.content_sets AS "contentSets"');
const REPOSITORY_COLUMNS = raw(
  'release_categories AS "releaseCategories", published, auto_rebuild_tags AS "autoRebuildTags"',
);
const ENTRY_COLUMNS = raw('image_id AS "imageId", registry, repository, published, tags');

/** Whether an image is handled. */
export async function verifyImage(
  reader: Reader,
  nvr: string,
  exceptions: readonly string[],
): Promise<ImageVerification> {
  const images = isStorable(nvr) ? await imagesOf(reader, nvr) : [];
  if (images.length === 0) refuse('No images found for the specified NVR');
  checkContentSets(images);
  const repository = await firstRepository(reader, images[0] as ImageRow);
  if (!repository) refuse(`Cannot get repository for image ${nvr} from Pyxis.`);
  checkRepository(repository.name, repository.row, exceptions);
  const contentSets = [...new Set(images.flatMap((image) => parseTexts(image.contentSets)))].toSorted();
  return { images: [{ nvr, contentSets, tags: [] }], message: foundMessage(1) };
}

/** Whether the images of a repository (`project/repo`) are handled. */
export async function verifyRepository(
  reader: Reader,
  name: string,
  exceptions: readonly string[],
): Promise<RepositoryVerification> {
  const rows = isStorable(name)
    ? await reader.all<RepositoryRow>(
        sql`SELECT ${REPOSITORY_COLUMNS} FROM freshmaker_repository WHERE repository = ${name}`,
      )
    : [];
  const [repository] = rows;
  if (!repository) return refuse(`Cannot get repository ${name} from Pyxis.`);
  if (rows.length > 1) refuse(`Multiple records found in Pyxis for image repository ${name}.`);
  const autoRebuildTags = checkRepository(name, repository, exceptions);
  const images = await taggedImages(reader, name, autoRebuildTags);
  if (images.length === 0) {
    const tags = autoRebuildTags.map((tag) => `'${tag}'`).join(', ');
    refuse(`No published images tagged by [${tags}] found in repository`);
  }
  checkContentSets(images);
  const merged = mergeByNvr(images);
  return { autoRebuildTags, images: merged, message: foundMessage(merged.length) };
}

function imagesOf(reader: Reader, nvr: string): Promise<ImageRow[]> {
  return reader.all(sql`SELECT ${IMAGE_COLUMNS} FROM freshmaker_image i WHERE i.nvr = ${nvr} ORDER BY i.id`);
}

async function firstRepository(
  reader: Reader,
  image: ImageRow,
): Promise<{ name: string; row: RepositoryRow } | undefined> {
  const [entry] = await reader.all<ImageRepositoryRow>(
    sql`SELECT ${ENTRY_COLUMNS} FROM freshmaker_image_repository WHERE image_id = ${image.id} ORDER BY position LIMIT 1`,
  );
  if (!entry) return undefined;
  const [row] = await reader.all<RepositoryRow>(
    sql`SELECT ${REPOSITORY_COLUMNS} FROM freshmaker_repository
      WHERE repository = ${entry.repository} AND registry = ${entry.registry}`,
  );
  return row && { name: entry.repository, row };
}

/** The repository check of section 9; returns the tags whose images are rebuilt. */
function checkRepository(name: string, row: RepositoryRow, exceptions: readonly string[]): string[] {
  const categories = parseTexts(row.releaseCategories);
  if (!categories.some((category) => SUPPORTED.includes(category))) {
    const supported = SUPPORTED.map((category) => `'${category}'`).join(', ');
    const found = categories.map((category) => `'${category}'`).join(', ');
    refuse(`Only repositories with one of {${supported}} release_categories can be rebuilt, but found [${found}].`);
  }
  if (!row.published && !exceptions.includes(name)) {
    refuse(
      'Only published repositories or unpublished exceptions can be rebuilt, but this repository is not published.',
    );
  }
  if (row.autoRebuildTags === null) refuse('The "auto_rebuild_tags" in COMET is not set.');
  const tags = parseTexts(row.autoRebuildTags);
  if (tags.length === 0) {
    refuse(
      'The "auto_rebuild_tags" in COMET is set to an empty list, this means rebuilds of images in this repository are disabled.',
    );
  }
  return tags;
}

type TaggedImage = ImageRow & { readonly tags: string[] };

/** Images with an entry for the repository that is published and has one of the tags. */
async function taggedImages(reader: Reader, name: string, wanted: readonly string[]): Promise<TaggedImage[]> {
  const entries = await reader.all<ImageRepositoryRow>(
    sql`SELECT ${ENTRY_COLUMNS} FROM freshmaker_image_repository WHERE repository = ${name} ORDER BY image_id, position`,
  );
  const tags = new Map<number, string[]>();
  for (const entry of entries) {
    const own = parseTexts(entry.tags);
    if (entry.published && own.some((tag) => wanted.includes(tag))) {
      tags.set(entry.imageId, [...(tags.get(entry.imageId) ?? []), ...own]);
    }
  }
  const rows = await reader.all<ImageRow>(
    sql`SELECT ${IMAGE_COLUMNS} FROM freshmaker_image i WHERE ${inList(reader.dialect, raw('i.id'), [...tags.keys()], 'bigint')}
      ORDER BY i.id`,
  );
  return rows.map((row) => ({ ...row, tags: tags.get(row.id) ?? [] }));
}

function checkContentSets(images: readonly ImageRow[]): void {
  const without = images.find((image) => parseTexts(image.contentSets).length === 0);
  if (!without) return;
  refuse(
    `Found image "${without.nvr}" in this repository, but it cannot be rebuilt, because the "content_sets" are not set for this image.`,
  );
}

/** One entry per NVR over all architectures, first seen first. */
function mergeByNvr(images: readonly TaggedImage[]): CatalogueImage[] {
  const groups = Map.groupBy(images, ({ nvr }) => nvr);
  return [...groups].map(([nvr, rows]) => ({
    nvr,
    contentSets: [...new Set(rows.flatMap(({ contentSets }) => parseTexts(contentSets)))],
    tags: [...new Set(rows.flatMap(({ tags }) => tags))],
  }));
}

function foundMessage(count: number): string {
  return `Found ${count} images which are handled by Freshmaker for defined content_sets.`;
}

function parseTexts(json: string): string[] {
  return JSON.parse(json) as string[];
}

/** No column holds NUL. */
function isStorable(text: string): boolean {
  return !text.includes('\0');
}

function refuse(message: string): never {
  throw new BuildgateError('INVALID', message);
}

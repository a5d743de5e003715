import { JsonText, listText, objectText } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import { tableArray } from '../../../core/export/run.js';
import { grouped } from '../../../core/export/values.js';
import { inList, raw, sql } from '../../../core/store/sql.js';

interface RepositoryRow {
  readonly registry: string;
  readonly repository: string;
  readonly categories: string;
  readonly published: boolean | number;
  readonly tags: string | null;
}

/** Repositories of verify-image's catalogue. */
export const repositories = tableArray<RepositoryRow>({
  key: 'repositories',
  name: { one: 'repository', many: 'repositories' },
  source: {
    select: raw(`registry AS registry, repository AS repository, release_categories AS categories,
      published AS published, auto_rebuild_tags AS tags`),
    from: raw('freshmaker_repository'),
    key: ['repository', 'registry'],
    weight: bytesOf('release_categories', 'auto_rebuild_tags'),
  },
  elements: (rows) =>
    rows.map((row) =>
      objectText({
        registry: row.registry,
        repository: row.repository,
        release_categories: new JsonText(row.categories),
        published: Boolean(row.published),
        auto_rebuild_tags: row.tags === null ? null : new JsonText(row.tags),
      }),
    ),
});

interface ImageRow {
  readonly id: number;
  readonly nvr: string;
  readonly architecture: string;
  readonly contentSets: string;
}

interface PlaceRow {
  readonly image: number;
  readonly registry: string;
  readonly repository: string;
  readonly published: boolean | number;
  readonly tags: string;
}

/** Images of verify-image's catalogue, each with the repositories that it is in. */
export const images = tableArray<ImageRow>({
  key: 'images',
  name: { one: 'image', many: 'images' },
  source: {
    select: raw('id AS id, nvr AS nvr, architecture AS architecture, content_sets AS "contentSets"'),
    from: raw('freshmaker_image'),
    key: ['id'],
    weight: bytesOf('content_sets'),
  },
  elements: async (rows, reader) => {
    const ids = rows.map(({ id }) => id);
    const places = await reader.all<PlaceRow>(
      sql`SELECT image_id AS image, registry AS registry, repository AS repository, published AS published, tags AS tags
        FROM freshmaker_image_repository
        WHERE ${inList(reader.dialect, raw('image_id'), ids, 'bigint')} ORDER BY image_id, position`,
    );
    const texts = grouped(places, ({ image }) => image, placeText);
    return rows.map((row) => imageText(row, texts.get(row.id) ?? []));
  },
});

function placeText({ registry, repository, published, tags }: PlaceRow): string {
  return objectText({ registry, repository, published: Boolean(published), tags: new JsonText(tags) });
}

function imageText({ nvr, architecture, contentSets }: ImageRow, places: readonly string[]): string {
  return objectText({
    nvr,
    architecture: architecture === '' ? null : architecture,
    content_sets: new JsonText(contentSets),
    repositories: listText(places),
  });
}

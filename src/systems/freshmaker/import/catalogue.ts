import type { BulkConnection, BulkRow } from '../../../core/import/bulk.js';
import { Place, refuseRow, RowFields, shown } from '../../../core/import/fields.js';
import { IdMap } from '../../../core/import/id-map.js';
import { replaceLists } from '../../../core/import/lists.js';
import { Tally } from '../../../core/import/tally.js';
import { inList, raw, sql } from '../../../core/store/sql.js';
import { IMAGE_REPOSITORIES, IMAGES, REPOSITORIES } from './tables.js';

/** Writes the repositories of verify-image's catalogue. */
export class RepositoryWriter {
  readonly tally = new Tally('repository', 'repositories');
  readonly #connection: BulkConnection;
  readonly #positions = new Map<string, number>();
  #pending: BulkRow[] = [];

  constructor(connection: BulkConnection) {
    this.#connection = connection;
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** @throws BuildgateError INVALID naming the row */
  add(value: unknown, place: Place): void {
    const fields = new RowFields(value, place);
    const repository = fields.text('repository');
    const registry = fields.text('registry');
    const key = JSON.stringify([registry, repository]);
    const known = this.#positions.get(key);
    if (known !== undefined) {
      throw refuseRow(
        place,
        null,
        `repositories[${known}] has the same registry and repository, ${shown(repository)}.`,
      );
    }
    this.#positions.set(key, place.index);
    const tags = fields.isNull('auto_rebuild_tags') || !fields.has('auto_rebuild_tags');
    this.#pending.push([
      registry,
      repository,
      JSON.stringify(fields.texts('release_categories')),
      fields.boolean('published', false),
      tags ? null : JSON.stringify(fields.texts('auto_rebuild_tags')),
    ]);
  }

  async flush(): Promise<void> {
    const rows = this.#pending;
    if (rows.length === 0) return;
    this.#pending = [];
    const stored = await this.#connection.all<{ registry: string; repository: string }>(
      sql`SELECT registry AS registry, repository AS repository FROM freshmaker_repository
        WHERE ${inList(
          this.#connection.dialect,
          raw('repository'),
          rows.map(([, repository]) => String(repository)),
          'text',
        )}`,
    );
    const existing = new Set(stored.map(({ registry, repository }) => JSON.stringify([registry, repository])));
    const created = rows.filter(([registry, repository]) => !existing.has(JSON.stringify([registry, repository])));
    const changed = await this.#connection.upsert(REPOSITORIES, rows);
    this.tally.add(rows.length, created.length, changed.length);
  }
}

interface ImageItem {
  readonly place: Place;
  readonly nvr: string;
  readonly architecture: string;
  readonly row: BulkRow;
  /** Values for the columns of `IMAGE_REPOSITORIES` after the image's id. */
  readonly repositories: readonly BulkRow[];
}

/** Writes the images of verify-image's catalogue. */
export class ImageWriter {
  readonly tally = new Tally('image', 'images');
  readonly #connection: BulkConnection;
  readonly #positions = new IdMap();
  #pending = new Map<string, ImageItem>();

  constructor(connection: BulkConnection) {
    this.#connection = connection;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** @throws BuildgateError INVALID naming the row */
  add(value: unknown, place: Place): void {
    const image = readImage(value, place);
    const key = imageKey(image);
    const other = this.#pending.get(key);
    if (other) throw duplicateImage(image, other.place.index);
    this.#pending.set(key, image);
  }

  async flush(): Promise<void> {
    const images = [...this.#pending.values()];
    if (images.length === 0) return;
    this.#pending = new Map();
    const before = await this.#ids(images);
    for (const image of images) {
      const position = this.#positions.get(before.get(imageKey(image)) ?? -2);
      if (position !== undefined) throw duplicateImage(image, position);
    }
    const rows = images.map(({ row }) => row);
    const changed = new Set((await this.#connection.upsert(IMAGES, rows)).map((index) => images[index]));
    const after = await this.#ids(images);
    const byId = new Map(images.map((image) => [after.get(imageKey(image)) as number, image]));
    for (const [id, image] of byId) this.#positions.set(id, image.place.index);
    for (const id of await this.#writeRepositories(byId)) changed.add(byId.get(id));
    this.tally.add(images.length, images.length - before.size, changed.size);
  }

  /** Ids of those that the database has, by key. */
  async #ids(images: readonly ImageItem[]): Promise<Map<string, number>> {
    const names = [...new Set(images.map(({ nvr }) => nvr))];
    const rows = await this.#connection.all<{ id: number; nvr: string; architecture: string }>(
      sql`SELECT id AS id, nvr AS nvr, architecture AS architecture FROM freshmaker_image
        WHERE ${inList(this.#connection.dialect, raw('nvr'), names, 'text')}`,
    );
    const wanted = new Set(images.map(imageKey));
    return new Map(rows.map((row) => [imageKey(row), row.id] as const).filter(([key]) => wanted.has(key)));
  }

  #writeRepositories(images: ReadonlyMap<number, ImageItem>): Promise<Set<number>> {
    const lists = new Map<number, BulkRow[]>();
    for (const [id, { repositories }] of images) {
      lists.set(
        id,
        repositories.map((row, position) => [id, position, ...row]),
      );
    }
    return replaceLists(this.#connection, IMAGE_REPOSITORIES, lists);
  }
}

function readImage(value: unknown, place: Place): ImageItem {
  const fields = new RowFields(value, place);
  const nvr = fields.text('nvr');
  const architecture = fields.optionalText('architecture', null) ?? '';
  const row = [nvr, architecture, JSON.stringify(fields.texts('content_sets'))];
  const repositories = fields.list('repositories').map((entry, index) => {
    const repository = new RowFields(entry, new Place('repositories', index, place));
    return [
      repository.text('registry'),
      repository.text('repository'),
      repository.boolean('published', false),
      JSON.stringify(repository.texts('tags')),
    ];
  });
  return { place, nvr, architecture, row, repositories };
}

function imageKey({ nvr, architecture }: { readonly nvr: string; readonly architecture: string }): string {
  return JSON.stringify([nvr, architecture]);
}

function duplicateImage({ place, nvr }: ImageItem, position: number): Error {
  return refuseRow(place, null, `images[${position}] has the same nvr and architecture, ${shown(nvr)}.`);
}

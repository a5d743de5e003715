import { booleans, integers, ownStage, texts, type Collection } from './collection.js';
import type { RodanRow } from './row.js';

/** What is installed: resource types, jobs and the types of their ports (contract rodan, section 14). */

/** Characters of names whose length the contract does not say. */
export const MAX_NAME = 255;

/** Types of resources. */
export const RESOURCE_TYPES: Collection = {
  name: 'resourcetypes',
  kind: 'resourcetype',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'resource type', many: 'resource types' },
    table: 'rodan_resource_type',
    given: texts('uuid', 'mimetype', 'description', 'extension'),
  }),
  references: [],
  read: (row) => [
    row.uuid(),
    row.short('mimetype', MAX_NAME),
    row.nullableText('description') ?? '',
    row.optionalShort('extension', MAX_NAME, ''),
  ],
};

/** Jobs; the types of their ports are rows of their own. */
export const JOBS: Collection = {
  name: 'jobs',
  kind: 'job',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'job', many: 'jobs' },
    table: 'rodan_job',
    given: [...texts('uuid', 'name', 'settings', 'description', 'category'), ...booleans('enabled', 'interactive')],
  }),
  references: [],
  read: (row) => [
    row.uuid(),
    row.short('name', MAX_NAME),
    row.isNull('settings') ? '{}' : row.object('settings', '{}'),
    row.nullableText('description'),
    row.optionalShort('category', MAX_NAME, null),
    row.boolean('enabled', true),
    row.boolean('interactive', false),
  ],
};

/** The two kinds of ports. */
export const DIRECTIONS = ['input', 'output'] as const;

/** Which of them something is about. */
export type Direction = (typeof DIRECTIONS)[number];

/**
 * Types of ports. Those of the file's jobs come with them; `place` says where that was, and is null for those of the
 * collection itself, whose row is the position.
 */
export const portTypes = (direction: Direction): Collection => ({
  name: `${direction}porttypes`,
  kind: `${direction}porttype`,
  id: 'uuid',
  stage: ownStage({
    rows: { one: `${direction} port type`, many: `${direction} port types` },
    table: `rodan_${direction}_port_type`,
    given: [...texts('uuid', 'job_uuid', 'name'), ...integers('minimum', 'maximum'), ...booleans('is_list')],
    extra: [...texts('place'), ...integers('nested')],
  }),
  references: [{ field: 'job', column: 'job_uuid', to: 'job' }],
  read: (row) => portTypeOf(row, row.link('job', 'job'), false),
});

/** Values of a type of port. */
export function portTypeOf(row: RodanRow, job: string, isNested: boolean): (string | number | boolean | null)[] {
  return [
    row.uuid(),
    job,
    row.short('name', MAX_NAME),
    row.portCount('minimum'),
    row.portCount('maximum'),
    row.boolean('is_list', false),
    String(row.place),
    isNested ? 1 : 0,
  ];
}

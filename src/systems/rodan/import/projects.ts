import { TEXT_RULES } from '../field-rules.js';
import { BY_CREATION, booleans, integers, ownStage, texts, type Collection } from './collection.js';

/** Projects and the resources in them (contract rodan, section 14). */

/** Projects; who works in them is a set of links. */
export const PROJECTS: Collection = {
  name: 'projects',
  kind: 'project',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'project', many: 'projects' },
    table: 'rodan_project',
    given: [...texts('uuid', 'name', 'description'), ...integers('created_at', 'updated_at')],
    derived: integers('id', 'creator_number'),
    extra: texts('creator'),
    order: ['id'],
  }),
  references: [],
  read: (row) => [
    row.uuid(),
    row.short('name', TEXT_RULES.project.name.maxLength),
    row.nullableText('description'),
    row.instant('created'),
    row.instant('updated'),
    row.text('creator'),
  ],
};

/** Resources: of their files the paths are kept. */
export const RESOURCES: Collection = {
  name: 'resources',
  kind: 'resource',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'resource', many: 'resources' },
    table: 'rodan_resource',
    given: [
      ...texts('uuid', 'project_uuid', 'resource_type_uuid', 'origin_uuid', 'name', 'description'),
      ...texts('file', 'compat_file', 'small_thumb', 'medium_thumb', 'large_thumb'),
      ...booleans('has_thumb'),
      ...integers('processing_status'),
      ...texts('error_summary', 'error_details'),
      ...integers('created_at', 'updated_at'),
    ],
    derived: integers('creator_number'),
    extra: texts('creator'),
    order: BY_CREATION,
  }),
  references: [
    { field: 'project', column: 'project_uuid', to: 'project' },
    { field: 'resource_type', column: 'resource_type_uuid', to: 'resourcetype' },
    { field: 'origin', column: 'origin_uuid', to: 'output' },
  ],
  read: (row) => [
    row.uuid(),
    row.link('project', 'project'),
    row.link('resource_type', 'resourcetype'),
    row.optionalLink('origin', 'output'),
    row.optionalShort('name', TEXT_RULES.resource.name.maxLength, null),
    row.nullableText('description'),
    row.upload('resource_file'),
    row.upload('compat_resource_file'),
    row.upload('small_thumb'),
    row.upload('medium_thumb'),
    row.upload('large_thumb'),
    row.boolean('has_thumb', false),
    row.optionalCode('processing_status'),
    row.nullableText('error_summary') ?? '',
    row.nullableText('error_details') ?? '',
    row.instant('created'),
    row.instant('updated'),
    row.nullableText('creator'),
  ],
};

/** Lists of resources; what is in them is a set of links. */
export const RESOURCE_LISTS: Collection = {
  name: 'resourcelists',
  kind: 'resourcelist',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'resource list', many: 'resource lists' },
    table: 'rodan_resource_list',
    given: [
      ...texts('uuid', 'project_uuid', 'resource_type_uuid', 'origin_uuid', 'name', 'description'),
      ...integers('created_at', 'updated_at'),
    ],
    order: BY_CREATION,
  }),
  references: [
    { field: 'project', column: 'project_uuid', to: 'project' },
    { field: 'resource_type', column: 'resource_type_uuid', to: 'resourcetype' },
    { field: 'origin', column: 'origin_uuid', to: 'output' },
  ],
  read: (row) => {
    row.value('resources');
    return [
      row.uuid(),
      row.link('project', 'project'),
      row.optionalLink('resource_type', 'resourcetype'),
      row.optionalLink('origin', 'output'),
      row.optionalShort('name', TEXT_RULES.resourceList.name.maxLength, null),
      row.nullableText('description'),
      row.optionalInstant('created'),
      row.optionalInstant('updated'),
    ];
  },
};

import { TEXT_RULES } from '../field-rules.js';
import { BY_CREATION, booleans, integers, ownStage, texts, type Collection } from './collection.js';
import type { Direction } from './catalogue.js';

/** Workflows and what they are made of (contract rodan, section 14). They are not validated. */

export const WORKFLOWS: Collection = {
  name: 'workflows',
  kind: 'workflow',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'workflow', many: 'workflows' },
    table: 'rodan_workflow',
    given: [
      ...texts('uuid', 'project_uuid', 'name', 'description'),
      ...booleans('valid'),
      ...integers('created_at', 'updated_at'),
    ],
    derived: integers('creator_number'),
    extra: texts('creator'),
    order: BY_CREATION,
  }),
  references: [{ field: 'project', column: 'project_uuid', to: 'project' }],
  read: (row) => {
    row.value('valid');
    return [
      row.uuid(),
      row.link('project', 'project'),
      row.short('name', TEXT_RULES.workflow.name.maxLength),
      row.nullableText('description'),
      row.boolean('valid', false),
      row.instant('created'),
      row.instant('updated'),
      row.nullableText('creator'),
    ];
  },
};

/** One without a name is called like its job. */
export const WORKFLOW_JOBS: Collection = {
  name: 'workflowjobs',
  kind: 'workflowjob',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'workflow job', many: 'workflow jobs' },
    table: 'rodan_workflow_job',
    given: [
      ...texts('uuid', 'workflow_uuid', 'job_uuid', 'group_uuid', 'name', 'settings'),
      ...integers('created_at', 'updated_at'),
    ],
    order: BY_CREATION,
  }),
  references: [
    { field: 'workflow', column: 'workflow_uuid', to: 'workflow' },
    { field: 'job', column: 'job_uuid', to: 'job' },
    { field: 'group', column: 'group_uuid', to: 'workflowjobgroup' },
  ],
  read: (row) => [
    row.uuid(),
    row.link('workflow', 'workflow'),
    row.link('job', 'job'),
    row.optionalLink('group', 'workflowjobgroup'),
    row.optionalShort('name', TEXT_RULES.workflowJob.name.maxLength, null),
    row.json('job_settings', '{}'),
    row.instant('created'),
    row.instant('updated'),
  ],
};

/** Groups; which jobs are in them is a set of links. */
export const WORKFLOW_JOB_GROUPS: Collection = {
  name: 'workflowjobgroups',
  kind: 'workflowjobgroup',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'workflow job group', many: 'workflow job groups' },
    table: 'rodan_workflow_job_group',
    given: [
      ...texts('uuid', 'workflow_uuid', 'name', 'description', 'origin_uuid'),
      ...integers('created_at', 'updated_at'),
    ],
    order: BY_CREATION,
  }),
  references: [
    { field: 'workflow', column: 'workflow_uuid', to: 'workflow' },
    { field: 'origin', column: 'origin_uuid', to: 'workflow' },
  ],
  read: (row) => {
    row.value('workflow_jobs');
    return [
      row.uuid(),
      row.link('workflow', 'workflow'),
      row.short('name', TEXT_RULES.workflowJobGroup.name.maxLength),
      row.nullableText('description'),
      row.optionalLink('origin', 'workflow'),
      row.optionalInstant('created'),
      row.optionalInstant('updated'),
    ];
  },
};

/** Ports; one without a label is called like its type. */
export const ports = (direction: Direction): Collection => {
  const type = { field: `${direction}_port_type`, to: `${direction}porttype` } as const;
  return {
    name: `${direction}ports`,
    kind: `${direction}port`,
    id: 'uuid',
    stage: ownStage({
      rows: { one: `${direction} port`, many: `${direction} ports` },
      table: `rodan_${direction}_port`,
      given: [...texts('uuid', 'workflow_job_uuid', `${type.field}_uuid`, 'label'), ...booleans('extern')],
    }),
    references: [
      { field: 'workflow_job', column: 'workflow_job_uuid', to: 'workflowjob' },
      { ...type, column: `${type.field}_uuid` },
    ],
    read: (row) => [
      row.uuid(),
      row.link('workflow_job', 'workflowjob'),
      row.link(type.field, type.to),
      row.optionalShort('label', TEXT_RULES.port.label.maxLength, null),
      row.boolean('extern', false),
    ],
  };
};

export const CONNECTIONS: Collection = {
  name: 'connections',
  kind: 'connection',
  id: 'uuid',
  stage: ownStage({
    rows: { one: 'connection', many: 'connections' },
    table: 'rodan_connection',
    given: texts('uuid', 'input_port_uuid', 'output_port_uuid'),
  }),
  references: [
    { field: 'input_port', column: 'input_port_uuid', to: 'inputport' },
    { field: 'output_port', column: 'output_port_uuid', to: 'outputport' },
  ],
  read: (row) => [row.uuid(), row.link('input_port', 'inputport'), row.link('output_port', 'outputport')],
};

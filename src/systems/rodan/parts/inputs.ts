import { Field, InputType } from 'type-graphql';
import { Json } from '../../../core/graphql/scalars.js';
import { RodanReference } from '../references.js';

/**
 * What is said of projects, workflows and their parts, and resources (contract rodan, section 9). Every member may be
 * left out as far as the schema is concerned: the verb says what is missing, in the texts of the old API. What an update
 * leaves out stays as it is.
 */

const OPTIONAL = { nullable: true } as const;
const DESCRIPTION = { ...OPTIONAL, description: 'What it is about; may be null.' };

@InputType('RodanProjectInput', { description: 'A project.' })
export class ProjectInput {
  @Field(() => String, { ...OPTIONAL, description: 'Name; needed, at most 255 characters.' })
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;
}

@InputType('RodanWorkflowChange', { description: 'What is to change of a workflow.' })
export class WorkflowChangeInput {
  @Field(() => String, { ...OPTIONAL, description: 'Name; at most 100 characters.' })
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;

  @Field(() => Boolean, { ...OPTIONAL, description: 'True validates the workflow; false is refused.' })
  valid?: boolean | null;
}

@InputType('RodanWorkflowInput', {
  description: 'A new workflow. With `serialized` or `workflowJobGroup` only `project` counts besides.',
})
export class WorkflowInput extends WorkflowChangeInput {
  @Field(() => RodanReference, { ...OPTIONAL, description: 'Project; needed.' })
  project?: unknown;

  @Field(() => Json, { ...OPTIONAL, description: 'An exported workflow that it is to be like.' })
  serialized?: unknown;

  @Field(() => RodanReference, { ...OPTIONAL, description: 'Group whose workflow jobs are copied.' })
  workflowJobGroup?: unknown;
}

@InputType('RodanWorkflowJobInput', { description: 'A workflow job.' })
export class WorkflowJobFields {
  @Field(() => RodanReference, { ...OPTIONAL, description: 'Workflow; needed.' })
  workflow?: unknown;

  @Field(() => RodanReference, { ...OPTIONAL, description: 'Installed job; needed.' })
  job?: unknown;

  @Field(() => Json, {
    ...OPTIONAL,
    description: 'Settings, any JSON but null; the defaults of the job when it is new.',
  })
  settings?: unknown;

  @Field(() => String, {
    ...OPTIONAL,
    description: 'Name, at most 255 characters; by default the part of the job’s name after the last dot.',
  })
  name?: string | null;
}

@InputType('RodanWorkflowJobGroupChange', { description: 'What is to change of a group of workflow jobs.' })
export class GroupChangeInput {
  @Field(() => String, { ...OPTIONAL, description: 'Name; at most 100 characters.' })
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;

  @Field(() => [RodanReference], {
    nullable: 'itemsAndList',
    description: 'Its workflow jobs, at least one, all of one workflow; they leave the groups that they were in.',
  })
  workflowJobs?: readonly unknown[] | null;
}

@InputType('RodanWorkflowJobGroupInput', {
  description: 'A new group of workflow jobs: with a name and the jobs, or with `origin` and `workflow`.',
})
export class GroupInput extends GroupChangeInput {
  @Field(() => RodanReference, { ...OPTIONAL, description: 'Valid workflow whose jobs are copied.' })
  origin?: unknown;

  @Field(() => RodanReference, { ...OPTIONAL, description: 'Workflow that they are copied to.' })
  workflow?: unknown;
}

const WORKFLOW_JOB = { ...OPTIONAL, description: 'Workflow job; needed.' };
const PORT_TYPE = { ...OPTIONAL, description: 'Type; needed.' };
const LABEL = { ...OPTIONAL, description: 'Label, at most 255 characters; by default the name of the type.' };

@InputType('RodanInputPortInput', { description: 'An input port.' })
export class InputPortFields {
  @Field(() => RodanReference, WORKFLOW_JOB)
  workflowJob?: unknown;

  @Field(() => RodanReference, PORT_TYPE)
  inputPortType?: unknown;

  @Field(() => String, LABEL)
  label?: string | null;
}

@InputType('RodanOutputPortInput', { description: 'An output port.' })
export class OutputPortFields {
  @Field(() => RodanReference, WORKFLOW_JOB)
  workflowJob?: unknown;

  @Field(() => RodanReference, PORT_TYPE)
  outputPortType?: unknown;

  @Field(() => String, LABEL)
  label?: string | null;
}

@InputType('RodanConnectionInput', { description: 'A connection of two ports of one workflow.' })
export class ConnectionFields {
  @Field(() => RodanReference, { ...OPTIONAL, description: 'Input port; needed.' })
  inputPort?: unknown;

  @Field(() => RodanReference, { ...OPTIONAL, description: 'Output port; needed.' })
  outputPort?: unknown;
}

const NAME = { ...OPTIONAL, description: 'Name, at most 200 characters; may be null.' };

@InputType('RodanResourceInput', { description: 'What is to change of a resource.' })
export class ResourceFields {
  @Field(() => String, NAME)
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;

  @Field(() => RodanReference, { ...OPTIONAL, description: 'Type.' })
  resourceType?: unknown;

  @Field(() => RodanReference, { ...OPTIONAL, description: 'Checked only: the resource stays in its project.' })
  project?: unknown;
}

@InputType('RodanResourceListInput', { description: 'A list of resources.' })
export class ResourceListFields {
  @Field(() => String, NAME)
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;

  @Field(() => [RodanReference], {
    nullable: 'itemsAndList',
    description: 'Resources, in order; needed, at least one, all of one project and one type.',
  })
  resources?: readonly unknown[] | null;
}

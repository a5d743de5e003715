import { ArgsType, Field, InputType, Int } from 'type-graphql';
import { JsonObject } from '../../../core/graphql/scalars.js';
import { RodanReference } from '../references.js';
import type { RunChange } from './changing.js';
import type { ProducedFile, ProducedOutput } from './produced.js';

/** What the verbs about runs and run jobs are given (contract rodan, sections 8 and 9.3). */

const NAME = { nullable: true, description: 'Name, at most 100 characters.' };
const DESCRIPTION = { nullable: true, description: 'Description.' };

@InputType('RodanResourceAssignment', { description: 'What an input port without connection reads.' })
export class ResourceAssignmentInput {
  @Field(() => RodanReference, { description: 'The input port.' })
  inputPort!: unknown;

  @Field(() => [RodanReference], {
    nullable: 'itemsAndList',
    description:
      'Resources, or resource lists. With more than one the workflow is run for each from here on; at one set of them, which may stand at several ports.',
  })
  resources?: unknown[] | null;
}

@InputType('RodanNewWorkflowRun', { description: 'A workflow run to start.' })
export class NewWorkflowRunInput {
  @Field(() => RodanReference, { nullable: true, description: 'The workflow, which has to be valid. Required.' })
  workflow?: unknown;

  @Field(() => String, NAME)
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;

  @Field(() => Int, { nullable: true, description: '21, or nothing.' })
  status?: number | null;

  @Field(() => RodanReference, { nullable: true, description: 'Nothing: a new run has no part that was redone.' })
  lastRedoneRunJobTree?: unknown;

  @Field(() => [ResourceAssignmentInput], {
    nullable: true,
    description:
      'What all input ports without connection read. The first fault in this order is reported. Required; null counts as no JSON object.',
  })
  resourceAssignments?: ResourceAssignmentInput[] | null;
}

@InputType('RodanWorkflowRunChange', { description: 'What is asked of a workflow run.' })
export class WorkflowRunChangeInput implements RunChange {
  @Field(() => String, NAME)
  name?: string | null;

  @Field(() => String, DESCRIPTION)
  description?: string | null;

  @Field(() => RodanReference, { nullable: true, description: 'Another workflow; not null.' })
  workflow?: unknown;

  @Field(() => Int, {
    nullable: true,
    description: '29 cancels a run in 1, 11 or -1; 31 retries one in 9 or -1.',
  })
  status?: number | null;

  @Field(() => RodanReference, {
    nullable: true,
    description:
      'A run job in 4, -1, 2 or 1 to be redone with all that reads what it makes. Null clears the field and does nothing else.',
  })
  lastRedoneRunJobTree?: unknown;
}

const PATH = 'a path behind `/uploads/`';

@InputType('RodanProducedFile', { description: 'Where the files of a resource are.' })
export class ProducedFileInput implements ProducedFile {
  @Field(() => String, { nullable: true, description: 'Name of a new member of a resource list.' })
  name?: string | null;

  @Field(() => String, { nullable: true, description: `The file as it was made, ${PATH}.` })
  file?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `The file that other jobs read, ${PATH}; by default \`projects/<project>/resources/<resource>/compat_file.<extension>\`.`,
  })
  compatFile?: string | null;

  @Field(() => String, { nullable: true, description: `A small picture of it, ${PATH}.` })
  smallThumb?: string | null;

  @Field(() => String, { nullable: true, description: `A larger picture, ${PATH}.` })
  mediumThumb?: string | null;

  @Field(() => String, { nullable: true, description: `A large picture, ${PATH}.` })
  largeThumb?: string | null;
}

@InputType('RodanProducedOutput', { description: 'What was made for an output of a run job.' })
export class ProducedOutputInput extends ProducedFileInput implements ProducedOutput {
  @Field(() => String, { description: 'UUID of the output.' })
  output!: string;

  @Field(() => [ProducedFileInput], {
    nullable: true,
    description: 'Of a resource list: its members in order; at least one.',
  })
  files?: ProducedFileInput[] | null;
}

@InputType('RodanFinishedRunJob', { description: 'What a run job has made.' })
export class FinishedRunJobInput {
  @Field(() => [ProducedOutputInput], {
    nullable: true,
    description:
      'Outputs whose files are not in the usual place, and all that are resource lists. The files of the others are taken to be there.',
  })
  outputs?: ProducedOutputInput[] | null;
}

/** Whose run job is it, and what is noted in its settings. */
@ArgsType()
export class NotesArgs {
  @Field(() => String, { description: 'UUID of the run job.' })
  uuid!: string;

  @Field(() => JsonObject, { description: 'What is added to its settings: members whose names begin with `@`.' })
  settings!: Record<string, unknown>;
}

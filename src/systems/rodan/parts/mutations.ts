import { Arg, Ctx, Mutation, Resolver } from 'type-graphql';
import { Access } from '../../../core/graphql/access.js';
import type { LoaderDefinition, OperationContext } from '../../../core/graphql/context.js';
import type { TypeClass } from '../../../core/graphql/types.js';
import { CHECK, RodanCheck } from '../check.js';
import { computed } from '../computed.js';
import { Json } from '../../../core/graphql/scalars.js';
import { ROW_KINDS } from '../kinds.js';
import { RODAN_PROJECTS } from '../lists.js';
import { rowBy, type OwnRow } from '../reads.js';
import { viewers } from '../rights.js';
import { rodanOf } from '../runtime.js';
import { RodanProject, RodanWorkflow } from '../types.js';
import { loadGraphs } from './graph.js';
import * as inputs from './inputs.js';
import type { PartServices } from './part-services.js';
import { serialize, type SerializedWorkflow } from './serialized.js';
import { callerOf, type VerbCaller } from './verb.js';

const UUID = { description: 'UUID.' };
const FIELDS =
  'INVALID has the faults of all fields in `errors`, under their names in the REST API. Callers who may not see it are told NOT_FOUND.';

/** What can be done with rows of a kind. */
interface Verbs<Input> {
  readonly create?: (caller: VerbCaller, input: Input, check?: RodanCheck | null) => Promise<string | null>;
  readonly update: (
    caller: VerbCaller,
    uuid: string,
    input: Input,
    check?: RodanCheck | null,
  ) => Promise<string | null>;
  readonly delete: (caller: VerbCaller, uuid: string) => Promise<void>;
}

/** How the verbs of a kind are called and what they take. */
interface Verbal {
  /** What stands behind `rodanCreate`. */
  readonly word: string;
  readonly kind: keyof typeof ROW_KINDS & keyof PartServices;
  readonly create?: { readonly input: new () => object; readonly description: string };
  readonly update: { readonly input: new () => object; readonly description: string };
  readonly delete: string;
  /** Who may, unless those who may see the project. */
  readonly who?: Readonly<Record<'create' | 'update' | 'delete', string>>;
}

const MEMBERS = 'Members of the project and superusers only.';
const OF_MEMBERS = { create: MEMBERS, update: MEMBERS, delete: MEMBERS };

const INVALIDATES = 'its workflow is not valid any more';

const VERBS: readonly Verbal[] = [
  {
    word: 'Project',
    kind: 'projects',
    create: { input: inputs.ProjectInput, description: 'Makes a project, whose creator and admin is the caller.' },
    update: { input: inputs.ProjectInput, description: 'Changes a project.' },
    delete: 'Deletes a project with everything in it; true.',
    who: {
      create: 'Needs credentials.',
      update: 'Its admins and superusers only.',
      delete: 'Its creator and superusers only.',
    },
  },
  {
    word: 'Workflow',
    kind: 'workflows',
    create: {
      input: inputs.WorkflowInput,
      description: 'Makes a workflow: an empty one, one from an export, or one with copies of the jobs of a group.',
    },
    update: {
      input: inputs.WorkflowChangeInput,
      description:
        'Changes a workflow, or validates it; CONFLICT with `errorCode`, `details` and `associatedObjects` when it is not valid, and nothing is changed then.',
    },
    delete: 'Deletes a workflow with all that it is made of; true. Its runs stay, without workflow.',
  },
  {
    word: 'WorkflowJob',
    kind: 'workflowJobs',
    create: { input: inputs.WorkflowJobFields, description: `Adds a job to a workflow; ${INVALIDATES}.` },
    update: {
      input: inputs.WorkflowJobFields,
      description: `Changes a workflow job; with another job, workflow or other settings ${INVALIDATES}. In a group only the settings can be changed.`,
    },
    delete: `Deletes a workflow job with its ports and their connections; true. It must not be in a group; ${INVALIDATES}.`,
  },
  {
    word: 'WorkflowJobGroup',
    kind: 'workflowJobGroups',
    create: {
      input: inputs.GroupInput,
      description: 'Makes a group of workflow jobs, or copies a valid workflow into another as a group.',
    },
    update: { input: inputs.GroupChangeInput, description: 'Changes a group of workflow jobs.' },
    delete: 'Deletes a group and frees its workflow jobs; true.',
  },
  {
    word: 'InputPort',
    kind: 'inputPorts',
    create: { input: inputs.InputPortFields, description: `Adds an input port to a workflow job; ${INVALIDATES}.` },
    update: {
      input: inputs.InputPortFields,
      description: `Changes an input port whose workflow job is in no group; unless only the label changes, ${INVALIDATES}.`,
    },
    delete: `Deletes an input port with its connections; true. Its workflow job must be in no group; ${INVALIDATES}.`,
  },
  {
    word: 'OutputPort',
    kind: 'outputPorts',
    create: { input: inputs.OutputPortFields, description: `Adds an output port to a workflow job; ${INVALIDATES}.` },
    update: {
      input: inputs.OutputPortFields,
      description: `Changes an output port whose workflow job is in no group; unless only the label changes, ${INVALIDATES}.`,
    },
    delete: `Deletes an output port with its connections; true. Its workflow job must be in no group; ${INVALIDATES}.`,
  },
  {
    word: 'Connection',
    kind: 'connections',
    create: { input: inputs.ConnectionFields, description: `Connects two ports of a workflow; ${INVALIDATES}.` },
    update: {
      input: inputs.ConnectionFields,
      description: `Rewires a connection that is not inside of a group; ${INVALIDATES}.`,
    },
    delete: `Deletes a connection that is not inside of a group; true. Then ${INVALIDATES}.`,
  },
  {
    word: 'Resource',
    kind: 'resources',
    update: { input: inputs.ResourceFields, description: 'Changes a resource.' },
    delete: 'Deletes a resource, also from lists; true. CONFLICT while an input or output of a run job refers to it.',
  },
  {
    word: 'ResourceList',
    kind: 'resourceLists',
    create: { input: inputs.ResourceListFields, description: 'Makes a list of resources.' },
    update: { input: inputs.ResourceListFields, description: 'Changes a list of resources.' },
    delete: 'Deletes a list; true. Its resources stay. CONFLICT while an input or output of a run job refers to it.',
  },
];

/** What is done to projects besides, and what all verbs of `VERBS` are added to. */
@Resolver()
class PartVerbs {
  @Access(viewers('The creator only.'))
  @Mutation(() => RodanProject, {
    description: 'Replaces the admins of a project, among whom its creator stays; INVALID for a name that nobody has.',
  })
  async rodanSetProjectAdmins(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, UUID) uuid: string,
    @Arg('usernames', () => [String], { description: 'Names of users.' }) usernames: readonly string[],
  ): Promise<OwnRow | undefined> {
    return projectAgain(context, await rodanOf(context).parts.projects.setAdmins(callerOf(context), uuid, usernames));
  }

  @Access(viewers('Its creator and admins only, not superusers.'))
  @Mutation(() => RodanProject, {
    description: 'Replaces the workers of a project; INVALID for a name that nobody has.',
  })
  async rodanSetProjectWorkers(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, UUID) uuid: string,
    @Arg('usernames', () => [String], { description: 'Names of users.' }) usernames: readonly string[],
  ): Promise<OwnRow | undefined> {
    return projectAgain(context, await rodanOf(context).parts.projects.setWorkers(callerOf(context), uuid, usernames));
  }
}

/** The row as it is now. */
function reread(
  context: OperationContext,
  loader: LoaderDefinition<string, OwnRow | undefined>,
  uuid: string | null,
): Promise<OwnRow | undefined> {
  context.forget();
  return uuid === null ? Promise.resolve(undefined) : context.load(loader, uuid);
}

/** A project as it is now. */
function projectAgain(context: OperationContext, uuid: string): Promise<OwnRow | undefined> {
  return reread(context, rowBy(RODAN_PROJECTS, 'uuid'), uuid);
}

const target = PartVerbs.prototype;

/** A parameter of a mutation. */
type Parameter = (name: string, index: number) => void;

function uuidAt(name: string, index: number): void {
  Arg('uuid', () => String, UUID)(target, name, index);
}

function inputAt(input: new () => object): Parameter {
  return (name, index) =>
    Arg('input', () => input as TypeClass, { description: 'What is said of it.' })(target, name, index);
}

function checkAt(name: string, index: number): void {
  Arg('check', () => RodanCheck, CHECK)(target, name, index);
}

function addMutation(
  name: string,
  { type, nullable, description, who }: { type: () => unknown; nullable: boolean; description: string; who: string },
  parameters: readonly Parameter[],
  value: (context: OperationContext, ...given: never[]) => Promise<unknown>,
): void {
  const descriptor = { value };
  Object.defineProperty(target, name, descriptor);
  Ctx()(target, name, 0);
  for (const [index, parameter] of parameters.entries()) parameter(name, index + 1);
  Mutation(type as () => TypeClass, { nullable, description })(target, name, descriptor);
  Access(viewers(who))(target, name, descriptor);
}

function addVerbs({ word, kind, create, update, delete: deletion, who = OF_MEMBERS }: Verbal): void {
  const { list, type } = ROW_KINDS[kind];
  const loader = rowBy<OwnRow, string>(list, 'uuid');
  const verbsOf = (context: OperationContext): Verbs<object> => rodanOf(context).parts[kind] as Verbs<object>;
  const changed = { type: () => type, nullable: true };
  if (create) {
    const description = `${create.description} ${FIELDS}`;
    const value = async (context: OperationContext, input: object, check?: RodanCheck): Promise<unknown> =>
      reread(context, loader, (await verbsOf(context).create?.(callerOf(context), input, check)) ?? null);
    addMutation(
      `rodanCreate${word}`,
      { ...changed, description, who: who.create },
      [inputAt(create.input), checkAt],
      value,
    );
  }
  const description = `${update.description} ${FIELDS}`;
  const value = async (context: OperationContext, uuid: string, input: object, check?: RodanCheck): Promise<unknown> =>
    reread(context, loader, await verbsOf(context).update(callerOf(context), uuid, input, check));
  addMutation(
    `rodanUpdate${word}`,
    { ...changed, description, who: who.update },
    [uuidAt, inputAt(update.input), checkAt],
    value,
  );
  const remove = async (context: OperationContext, uuid: string): Promise<boolean> => {
    await verbsOf(context).delete(callerOf(context), uuid);
    return true;
  };
  addMutation(
    `rodanDelete${word}`,
    { type: () => Boolean, nullable: false, description: deletion, who: who.delete },
    [uuidAt],
    remove,
  );
}

for (const verbal of VERBS) addVerbs(verbal);

/** What an export says of a workflow besides its parts. */
interface ExportedRow extends OwnRow {
  readonly name: string;
  readonly description: string | null;
}

/** Workflows as they are exported. */
const SERIALIZED: LoaderDefinition<ExportedRow, SerializedWorkflow> = {
  name: 'rodan:serialized',
  cacheKey: ({ uuid }) => uuid,
  read: async ({ reader }, workflows) => {
    const graphs = await loadGraphs(
      reader,
      workflows.map(({ uuid }) => uuid),
    );
    return workflows.map((workflow, index) => serialize(graphs[index]!, workflow));
  },
};

const workflowExport = computed(() => RodanWorkflow, {
  serialized: {
    type: () => Json,
    nullable: false,
    description: 'The workflow in the format of exports, version 0.1, as `rodanCreateWorkflow` takes it.',
    value: (workflow: ExportedRow, context: OperationContext) => context.load(SERIALIZED, workflow),
  },
});

/** Resolvers of projects, workflows and their parts, and resources. */
export const PART_RESOLVERS: readonly (new () => object)[] = [PartVerbs, workflowExport];

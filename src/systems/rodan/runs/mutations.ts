import { Arg, Args, Ctx, Field, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { Access, AGENTS, anyRole, AGENT_ROLE } from '../../../core/graphql/access.js';
import type { OperationContext } from '../../../core/graphql/context.js';
import { loadRecord } from '../../../core/graphql/loaders.js';
import { DateTime } from '../../../core/graphql/scalars.js';
import type { RecordRow } from '../../../core/list/page.js';
import { Kind } from '../../../core/model/states.js';
import { CHECK, RodanCheck } from '../check.js';
import { callerOf } from '../parts/verb.js';
import type { RunRow } from '../reads.js';
import { viewers } from '../rights.js';
import { rodanOf } from '../runtime.js';
import { stateOfRun, statusName } from '../states.js';
import { RodanRunJob, RodanWorkflowRun } from '../types.js';
import type { AgentService } from './agent-service.js';
import type { AnsweredRun } from './changing.js';
import { FinishedRunJobInput, NewWorkflowRunInput, NotesArgs, WorkflowRunChangeInput } from './inputs.js';

const RUN = { description: 'UUID of the workflow run.' };
const RUN_JOB = { description: 'UUID of the run job.' };
const MEMBERS = viewers('Members of the project and superusers only.');
const HOLDERS = anyRole(
  [AGENT_ROLE],
  'Agents only. CONFLICT when the run job is not being processed, or belongs to another agent by now.',
);

/** A run with the status that it is answered with. */
interface AnsweredRow extends RunRow {
  readonly rodanStatus: number;
}

/** The run as the old API answers it: with the status before what follows from the request. Null after a check. */
async function answered(context: OperationContext, run: AnsweredRun | null): Promise<AnsweredRow | null> {
  if (!run) return null;
  context.forget();
  const row = (await loadRecord(context, Kind.BUILD, run.id)) as AnsweredRow | undefined;
  if (!row || row.rodanStatus === run.status) return row ?? null;
  const { status } = run;
  const state = stateOfRun(status);
  return { ...row, rodanStatus: status, state, legacyState: String(status), stateReason: statusName(status) };
}

/** What users do to workflow runs (contract rodan, sections 8 to 10). */
@Resolver()
export class RodanRunVerbs {
  @Access(MEMBERS)
  @Mutation(() => RodanWorkflowRun, {
    nullable: true,
    description:
      'Starts a workflow run; null after a check. It is answered with the status that was sent, and processed at once. INVALID with `errors`.',
  })
  async rodanCreateWorkflowRun(
    @Ctx() context: OperationContext,
    @Arg('input', () => NewWorkflowRunInput, { description: 'The run.' }) input: NewWorkflowRunInput,
    @Arg('check', () => RodanCheck, CHECK) check?: RodanCheck | null,
  ): Promise<RunRow | null> {
    const { resourceAssignments: sent, ...others } = input;
    const assignments = sent?.map(({ inputPort, resources = null }) => ({ key: keyOf(inputPort), value: resources }));
    const asked = { ...others, ...(sent !== undefined && { resourceAssignments: assignments ?? null }) };
    return answered(context, await rodanOf(context).runs.create(callerOf(context), asked, check));
  }

  @Access(MEMBERS)
  @Mutation(() => RodanWorkflowRun, {
    nullable: true,
    description:
      'Cancels, retries, partly redoes or renames a workflow run; null after a check. It is answered as the request left it, before what follows: with 29 or 31; with the old status when a part is redone. INVALID with `errors`.',
  })
  async rodanUpdateWorkflowRun(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, RUN) uuid: string,
    @Arg('input', () => WorkflowRunChangeInput, { description: 'What is asked of it.' }) input: WorkflowRunChangeInput,
    @Arg('check', () => RodanCheck, CHECK) check?: RodanCheck | null,
  ): Promise<RunRow | null> {
    return answered(context, await rodanOf(context).runs.update(callerOf(context), uuid, input, check));
  }

  @Access(MEMBERS)
  @Mutation(() => Boolean, {
    description: 'Deletes a workflow run with its run jobs; true. What they made stays.',
  })
  async rodanDeleteWorkflowRun(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, RUN) uuid: string,
  ): Promise<boolean> {
    await rodanOf(context).runs.delete(callerOf(context), uuid);
    return true;
  }
}

/** A key is a text in the old API; whatever else is sent is none of a port. */
function keyOf(inputPort: unknown): string {
  return typeof inputPort === 'string' ? inputPort : JSON.stringify(inputPort);
}

@ObjectType('RodanTurn', { simpleResolvers: true, description: "A user's turn at a run job that waits for input." })
export class RodanTurn {
  @Field(() => String, { description: 'What shows that it is theirs.' })
  token!: string;

  @Field(() => DateTime, { description: 'Until when nobody else has it.' })
  expiresAt!: number;
}

/** What users do to run jobs that wait for their input (contract rodan, section 9.5). */
@Resolver()
export class RodanInteractiveVerbs {
  @Access(MEMBERS)
  @Mutation(() => RodanTurn, {
    description:
      "Takes the turn at a run job that waits for input, for 15 seconds, or extends it. INVALID when it does not wait, or it is somebody else's turn.",
  })
  rodanAcquireRunJob(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, RUN_JOB) uuid: string,
  ): Promise<RodanTurn> {
    return rodanOf(context).interactive.acquire(callerOf(context), uuid);
  }

  @Access(MEMBERS)
  @Mutation(() => RodanRunJob, {
    description:
      'Notes what a user has entered, and has the run job go on. INVALID when it does not wait, FORBIDDEN when it is not the turn of the caller.',
  })
  async rodanSubmitInput(
    @Ctx() context: OperationContext,
    @Args(() => NotesArgs) { uuid, settings }: NotesArgs,
    @Arg('token', () => String, { description: 'Of the turn.' }) token: string,
  ): Promise<RecordRow | undefined> {
    const id = await rodanOf(context).interactive.submit(callerOf(context), uuid, token, settings);
    context.forget();
    return loadRecord(context, Kind.JOB, id);
  }
}

/** Has an agent do something to a run job, and gives the run job. */
async function asAgent(
  context: OperationContext,
  act: (agents: AgentService) => Promise<number>,
): Promise<RecordRow | undefined> {
  const id = await act(rodanOf(context).agents);
  context.forget();
  return loadRecord(context, Kind.JOB, id);
}

const LEASE = { defaultValue: 60, description: 'How long the agent has them, 1 to 86,400 seconds.' };

/** What agents do (contract rodan, section 8). Needs the role `agent`. */
@Resolver()
export class RodanAgentVerbs {
  @Access(AGENTS)
  @Mutation(() => [RodanRunJob], {
    description:
      'Gives an agent run jobs to be done, those offered longest first: each to one agent at a time. What is neither ended nor renewed in time is offered again.',
  })
  async rodanClaimRunJobs(
    @Ctx() context: OperationContext,
    @Arg('first', () => Int, { defaultValue: 1, description: 'How many at most, 1 to 100.' }) first: number,
    @Arg('leaseSeconds', () => Int, LEASE) leaseSeconds: number,
    @Arg('jobNames', () => [String], { nullable: true, description: 'Jobs that the agent can do; all by default.' })
    jobNames?: string[] | null,
  ): Promise<(RecordRow | undefined)[]> {
    const claim = { first, leaseSeconds, jobNames: jobNames ?? [] };
    const ids = await rodanOf(context).agents.claim(context.principal, claim);
    context.forget();
    return Promise.all(ids.map((id) => loadRecord(context, Kind.JOB, id)));
  }

  @Access(HOLDERS)
  @Mutation(() => RodanRunJob, { description: 'Gives an agent more time from now.' })
  rodanRenewRunJob(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, RUN_JOB) uuid: string,
    @Arg('leaseSeconds', () => Int, LEASE) leaseSeconds: number,
  ): Promise<RecordRow | undefined> {
    return asAgent(context, (agents) => agents.renew(context.principal, uuid, leaseSeconds));
  }

  @Access(HOLDERS)
  @Mutation(() => RodanRunJob, {
    description:
      'Says that a run job has made what it was to make. Those that read it are offered; when all are finished, the run is.',
  })
  rodanFinishRunJob(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, RUN_JOB) uuid: string,
    @Arg('input', () => FinishedRunJobInput, { nullable: true, description: 'What it has made.' })
    input?: FinishedRunJobInput | null,
  ): Promise<RecordRow | undefined> {
    return asAgent(context, (agents) => agents.finish(context.principal, uuid, input?.outputs ?? []));
  }

  @Access(HOLDERS)
  @Mutation(() => RodanRunJob, {
    description: 'Says that a run job has failed; so has its run, while its other run jobs go on.',
  })
  rodanFailRunJob(
    @Ctx() context: OperationContext,
    @Arg('uuid', () => String, RUN_JOB) uuid: string,
    @Arg('errorSummary', () => String, { description: 'What went wrong, in one line.' }) summary: string,
    @Arg('errorDetails', () => String, { defaultValue: '', description: 'The same at length.' }) details: string,
  ): Promise<RecordRow | undefined> {
    return asAgent(context, (agents) => agents.fail(context.principal, uuid, { summary, details }));
  }

  @Access(HOLDERS)
  @Mutation(() => RodanRunJob, { description: 'Says that a run job cannot go on without a user.' })
  rodanAwaitInput(
    @Ctx() context: OperationContext,
    @Args(() => NotesArgs) { uuid, settings }: NotesArgs,
  ): Promise<RecordRow | undefined> {
    return asAgent(context, (agents) => agents.awaitInput(context.principal, uuid, settings));
  }
}

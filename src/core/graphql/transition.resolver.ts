import { Arg, Ctx, ID, Mutation, Resolver } from 'type-graphql';
import { Access, AGENTS } from './access.js';
import { BuildgateError } from '../errors.js';
import { requireRecordId } from '../ids.js';
import { listOf } from '../list/records.js';
import type { RecordRow } from '../list/page.js';
import { Kind, State, System } from '../model/states.js';
import { first } from '../store/reader.js';
import { raw, sql } from '../store/sql.js';
import { storableText } from '../store/transaction.js';
import type { OperationContext } from './context.js';
import { rereadRecord } from './loaders.js';
import { BuildInterface, EventInterface, JobInterface } from './types.js';

const TO = { description: 'State to move to.' };
const REASON = { nullable: true, description: 'Why, in one sentence; becomes `stateReason`.' };

interface Transition {
  readonly id: string;
  readonly to: State;
  readonly reason: string | null | undefined;
}

/** Moves a record by the rules of its system. */
async function move(
  context: OperationContext,
  kind: Kind,
  { id, to, reason }: Transition,
): Promise<RecordRow | undefined> {
  const recordId = requireRecordId(kind, id, 'id');
  const text = typeof reason === 'string' ? storableText('reason', reason) : null;
  await context.gateway.store.transact(context.principal, async (transaction) => {
    const table = raw(listOf(kind).table);
    const row = await first<{ system: System }>(transaction, sql`SELECT system FROM ${table} WHERE id = ${recordId}`);
    const noun = Kind[kind].toLowerCase();
    if (!row) throw new BuildgateError('NOT_FOUND', `id: there is no such ${noun}.`);
    const rule = context.system(row.system).transitions[kind];
    if (!rule) throw new BuildgateError('INVALID', `id: ${noun}s of ${System[row.system]} are not moved by agents.`);
    await rule(transaction, recordId, { to, reason: text });
  });
  return rereadRecord(context, kind, recordId);
}

/** What agents (workers) do to records of any system. Needs the role `agent`. */
@Resolver()
export class TransitionResolver {
  @Access(AGENTS)
  @Mutation(() => EventInterface, {
    description: 'Moves an event to another state, by the rules of its system.',
  })
  transitionEvent(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, { description: 'The event.' }) id: string,
    @Arg('to', () => State, TO) to: State,
    @Arg('reason', () => String, REASON) reason?: string | null,
  ): Promise<RecordRow | undefined> {
    return move(context, Kind.EVENT, { id, to, reason });
  }

  @Access(AGENTS)
  @Mutation(() => BuildInterface, {
    description: 'Moves a build to another state, by the rules of its system.',
  })
  transitionBuild(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, { description: 'The build.' }) id: string,
    @Arg('to', () => State, TO) to: State,
    @Arg('reason', () => String, REASON) reason?: string | null,
  ): Promise<RecordRow | undefined> {
    return move(context, Kind.BUILD, { id, to, reason });
  }

  @Access(AGENTS)
  @Mutation(() => JobInterface, {
    description: 'Moves a job to another state, by the rules of its system.',
  })
  transitionJob(
    @Ctx() context: OperationContext,
    @Arg('id', () => ID, { description: 'The job.' }) id: string,
    @Arg('to', () => State, TO) to: State,
    @Arg('reason', () => String, REASON) reason?: string | null,
  ): Promise<RecordRow | undefined> {
    return move(context, Kind.JOB, { id, to, reason });
  }
}

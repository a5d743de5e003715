import { Arg, Resolver, Root, Subscription } from 'type-graphql';
import { parseChangeCursor, type Change, type LogEntry } from '../../core/changes/log.js';
import { Watch } from '../../core/changes/watch.js';
import { BuildgateError } from '../../core/errors.js';
import { StateChangeType } from '../../core/graphql/change.types.js';
import { AFTER, type SubscribeData } from '../../core/graphql/subscribed.js';
import { Kind, State, System } from '../../core/model/states.js';
import { first, type Reader } from '../../core/store/reader.js';
import { sql } from '../../core/store/sql.js';
import { BUILD_ID, SLUG } from './names.js';

/** A build that is followed. */
interface Followed {
  readonly id: number;
  readonly state: State;
  /** Sequence of its newest change; null for an imported build that nothing has happened to. */
  readonly newest: number | null;
}

/** The changes of one build and of its steps, until the build is over or deleted. */
async function buildChanges({ args, context }: SubscribeData): Promise<Watch<Change>> {
  const { reader, gateway } = context;
  const after: unknown = args['after'];
  // The place in the log is taken before the look at the build, so that nothing is missed in between.
  const place = await gateway.feed.placeBehind(typeof after === 'string' ? parseChangeCursor(after) : null);
  const build = await findBuild(reader, String(args['project']), String(args['build']));
  if (!build && typeof after !== 'string') throw new BuildgateError('NOT_FOUND', 'build: there is no such build.');
  const id = build?.id ?? 0;
  return new Watch({
    feed: gateway.feed,
    after: place,
    pick: ofBuild(reader, id),
    isLast: ({ kind, to, deleted }) => kind === Kind.BUILD && (deleted || to !== State.RUNNING),
    isOver: !build || (build.state !== State.RUNNING && (build.newest ?? 0) <= place),
    // The name may be another build's by the time that the next one asks.
    key: String(id),
  });
}

/** Picks what is about one build and its steps. */
function ofBuild(reader: Reader, id: number): (entry: LogEntry) => Change | null | Promise<Change | null> {
  const steps = new StepsOfBuild(reader, id);
  return async (entry) => {
    if (entry.kind === Kind.BUILD && entry.recordId === id) return entry;
    const mayBeStep = entry.kind === Kind.JOB && entry.system === System.DEVMASON;
    return mayBeStep && (await steps.has(entry.recordId)) ? entry : null;
  };
}

function findBuild(reader: Reader, slug: string, buildId: string): Promise<Followed | undefined> {
  if (!SLUG.test(slug) || !BUILD_ID.test(buildId)) return Promise.resolve(undefined);
  return first(
    reader,
    sql`SELECT id, state, (SELECT MAX(sequence) FROM change_log WHERE kind = ${Kind.BUILD} AND record_id = build.id) AS newest
      FROM build WHERE system = ${System.DEVMASON} AND legacy_id = ${`${slug}/${buildId}`}`,
  );
}

/**
 * Tells the steps of a build from others. Their records are numbered in the order of commits, so that one read settles
 * all that were there: thousands of steps of other builds are not looked up one by one.
 */
class StepsOfBuild {
  readonly #ids = new Set<number>();
  #settledUpTo = 0;

  constructor(
    private readonly reader: Reader,
    private readonly buildId: number,
  ) {}

  async has(stepId: number): Promise<boolean> {
    if (stepId > this.#settledUpTo) await this.#read(stepId);
    return this.#ids.has(stepId);
  }

  async #read(stepId: number): Promise<void> {
    const newest = await first<{ id: number }>(
      this.reader,
      sql`SELECT id FROM job WHERE system = ${System.DEVMASON} ORDER BY id DESC LIMIT 1`,
    );
    const steps = await this.reader.all<{ id: number }>(
      sql`SELECT id FROM job WHERE build_id = ${this.buildId} AND id > ${this.#settledUpTo}`,
    );
    for (const { id } of steps) this.#ids.add(id);
    this.#settledUpTo = Math.max(stepId, newest?.id ?? 0);
  }
}

/** A live view of one build. */
@Resolver()
export class DevmasonBuildFollower {
  @Subscription(() => StateChangeType, {
    subscribe: buildChanges,
    description:
      'Changes of one build and of its steps, in the order of commits. Completes when the build is over or deleted, also when that is so at the start.',
  })
  devmasonBuildChanged(
    @Root() change: Change,
    @Arg('project', () => String, { description: 'What the project is called in URIs.' }) _project: string,
    @Arg('build', () => String, {
      description: 'Id of the build within the project; NOT_FOUND when there is none and no `after` is given.',
    })
    _build: string,
    @Arg('after', () => String, { nullable: true, description: AFTER }) _after?: string,
  ): Change {
    return change;
  }
}

/**
 * The unified vocabulary. The numbers are what the tables hold; they are never reused or renumbered.
 * GraphQL shows the names (architecture, section 6).
 */

/** The legacy system a record belongs to. */
export enum System {
  FRESHMAKER = 1,
  BUILDAPI = 2,
  DEVMASON = 3,
  RODAN = 4,
  KERNELCI = 5,
}

/** What kind of record: the cause (EVENT), the work as a whole (BUILD), one piece of it (JOB). */
export enum Kind {
  EVENT = 1,
  BUILD = 2,
  JOB = 3,
}

/** What stands for projects where records are numbered and logged by kind. */
export const PROJECT_KIND = 0;

/** What happened to a project. The log does not hold these words: it says so by the state before and the deletion. */
export enum ProjectChangeKind {
  CREATED = 'CREATED',
  UPDATED = 'UPDATED',
  DELETED = 'DELETED',
}

/** Where a record stands. Each system maps its own states onto these and keeps its own code beside. */
export enum State {
  PLANNED = 0,
  QUEUED = 1,
  RUNNING = 2,
  SUCCEEDED = 3,
  FAILED = 4,
  CANCELED = 5,
  SKIPPED = 6,
  UNKNOWN = 7,
}

/** All states, in the order of their codes. */
export const STATES: readonly State[] = [
  State.PLANNED,
  State.QUEUED,
  State.RUNNING,
  State.SUCCEEDED,
  State.FAILED,
  State.CANCELED,
  State.SKIPPED,
  State.UNKNOWN,
];

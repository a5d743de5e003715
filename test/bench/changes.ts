import { answerMessages } from './processes.ts';

/** What a process that changes states is told. */
export interface ChangeOrder {
  /** Internal ids of builds that have succeeded, or that it has itself moved before. */
  readonly ids: readonly number[];
  /** Who work at the same time, each on builds of its own. */
  readonly writers: number;
  /** For so long, and at least once through all builds of a writer when 0. */
  readonly seconds: number;
}

/** What it answers. */
export interface ChangeResult {
  readonly changes: number;
  readonly seconds: number;
}

/** Numbers of the two states that builds are moved between. */
export const RUNNING = 2;
export const SUCCEEDED = 3;

/** Makes this process one that changes states: `move` is one transaction. */
export function answerChanges(move: (id: number, to: number) => Promise<void>): void {
  const moved = new Map<number, number>();
  const next = (id: number): number => (moved.get(id) === RUNNING ? SUCCEEDED : RUNNING);
  answerMessages<ChangeOrder, ChangeResult>(async ({ ids, writers, seconds }) => {
    const begun = performance.now();
    let changes = 0;
    const write = async (own: readonly number[]): Promise<void> => {
      do {
        for (const id of own) {
          await move(id, next(id));
          moved.set(id, next(id));
          changes += 1;
          if (changes > 0 && seconds > 0 && performance.now() - begun > seconds * 1000) return;
        }
      } while (seconds > 0);
    };
    await Promise.all(
      Array.from({ length: writers }, (_, writer) => write(ids.filter((_id, index) => index % writers === writer))),
    );
    return { changes, seconds: (performance.now() - begun) / 1000 };
  });
}

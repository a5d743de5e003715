/** The contract's rules of the states of runs and run jobs (contract rodan, section 8), for a run of the diamond. */

/** A run job as the model keeps it. */
export interface ModelRunJob {
  status: number;
  /** Whether somebody noted something in its settings. */
  noted: boolean;
  errors: string | null;
  /** Whether what it makes is there. */
  made: boolean;
  /** Which agent has it. */
  agent: string | null;
}

/** Whom each run job is read by: `split`, `left`, `right`, `join`. */
const READERS: readonly (readonly number[])[] = [[1, 2], [3], [3], []];
const SOURCES: readonly (readonly number[])[] = [[], [0], [0], [1, 2]];

/** What a verb is answered: a status, or the code of the refusal. */
export type Outcome = number | string;

/** A run of the diamond that the rules are played on. */
export class RunModel {
  status = 1;
  readonly runJobs: readonly ModelRunJob[] = READERS.map(() => {
    return { status: 0, noted: false, errors: '', made: false, agent: null };
  });

  constructor() {
    this.#schedule();
  }

  /** PATCH of `status`. */
  request(status: number): Outcome {
    const from: Readonly<Record<number, readonly number[]>> = { 29: [1, 11, -1], 31: [9, -1] };
    if (!from[status]?.includes(this.status)) return 'INVALID';
    if (status === 29) this.#cancel();
    else this.#retry();
    return status;
  }

  /** PATCH of `last_redone_runjob_tree`. */
  redo(index: number): Outcome {
    const answered = this.status;
    if (![4, -1, 2, 1].includes(this.#at(index).status)) return 'INVALID';
    this.#reset(index);
    this.status = 11;
    this.#schedule();
    return answered;
  }

  /** Gives an agent what is offered; which run jobs. */
  claim(agent: string): number[] {
    const free = this.#indexes(({ status, agent: taken }) => status === 1 && taken === null);
    for (const index of free) this.#at(index).agent = agent;
    return free;
  }

  /** Run jobs in a status, with the agents that have them. */
  inStatus(status: number): { index: number; agent: string | null }[] {
    return this.#indexes((runJob) => runJob.status === status).map((index) => ({
      index,
      agent: this.#at(index).agent,
    }));
  }

  finish(index: number, agent: string): Outcome {
    return this.#work(index, agent, (runJob) => {
      Object.assign(runJob, { status: 4, errors: null, made: true });
      this.#schedule();
    });
  }

  fail(index: number, agent: string, text: string): Outcome {
    return this.#work(index, agent, (runJob) => {
      Object.assign(runJob, { status: -1, errors: text });
      this.status = -1;
    });
  }

  awaitInput(index: number, agent: string): Outcome {
    return this.#work(index, agent, (runJob) => {
      Object.assign(runJob, { status: 2, errors: null, noted: true });
    });
  }

  /** A user takes the turn and enters something. */
  submit(index: number): Outcome {
    const runJob = this.#at(index);
    if (runJob.status !== 2) return 'INVALID';
    Object.assign(runJob, { status: 0, noted: true });
    this.#schedule();
    return runJob.status;
  }

  #work(index: number, agent: string, act: (runJob: ModelRunJob) => void): Outcome {
    const runJob = this.#at(index);
    if (runJob.status !== 1 || runJob.agent !== agent) return 'CONFLICT';
    runJob.agent = null;
    act(runJob);
    return runJob.status;
  }

  #cancel(): void {
    for (const index of this.#indexes(({ status }) => [0, 1, 2].includes(status))) {
      Object.assign(this.#at(index), { status: 9, agent: null });
    }
    this.status = 9;
  }

  #retry(): void {
    for (const index of this.#indexes(({ status }) => [-1, 9].includes(status))) {
      Object.assign(this.#at(index), { status: 0, errors: '', noted: false, agent: null });
    }
    this.status = 11;
    this.#schedule();
  }

  #reset(index: number): void {
    Object.assign(this.#at(index), { status: 0, noted: false, made: false, agent: null });
    for (const reader of READERS[index] ?? []) if (this.#at(reader).status !== 0) this.#reset(reader);
  }

  #schedule(): void {
    const ready = this.#indexes(({ status }) => status === 0).filter((index) =>
      (SOURCES[index] ?? []).every((source) => this.#at(source).made),
    );
    for (const index of ready) this.#at(index).status = 1;
    if (ready.length === 0 && this.runJobs.every(({ status }) => status === 4)) this.status = 4;
  }

  #indexes(holds: (runJob: ModelRunJob) => boolean): number[] {
    return this.runJobs.flatMap((runJob, index) => (holds(runJob) ? [index] : []));
  }

  #at(index: number): ModelRunJob {
    const runJob = this.runJobs[index];
    if (!runJob) throw new RangeError(`There is no run job ${index}.`);
    return runJob;
  }
}

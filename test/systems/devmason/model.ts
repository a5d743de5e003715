import type { Reply } from '../../support/http.js';

/**
 * Devmason's rules for writes in a few lines of plain data (contract devmason, sections 3, 6 and 7): what a request must
 * be answered, and what is there afterwards. One model stands for one group of projects that nobody else touches.
 */

/** Who asks. `newcomer` is nobody until something was created with their name. */
export type Actor = 'nobody' | 'genie' | 'jafar' | 'newcomer' | 'wrong' | 'unreadable';
/** What is wrong with a body, if anything. */
export type ProjectBody = 'right' | 'malformed' | 'nameless' | 'list';
export type BuildBody = 'right' | 'malformed' | 'clientless' | 'undecided' | 'undated' | 'badStep';
export type StepBody = 'right' | 'failed' | 'malformed' | 'nameless' | 'undated';

interface Project {
  owner: Actor | null;
}

interface Build {
  readonly project: string;
  readonly id: string;
  /** Null: there is nobody with a reporter's rights. */
  reporter: Actor | null;
  readonly anonymous: boolean;
  success: boolean | null;
  steps: boolean[];
  readonly reported: number;
  finished: number;
}

/** Status and body of an answer. */
export type Answer = readonly [status: number, text: string];

const UNAUTHORIZED: Answer = [401, ''];
const FORBIDDEN: Answer = [403, ''];
const NOT_FOUND: Answer = [404, 'Not Found'];
const GONE: Answer = [410, 'Gone'];
const BAD_REQUEST: Answer = [400, 'Bad Request'];
const CREATED: Answer = [201, ''];
const DONE: Answer = [204, ''];

const BUILD_FAULTS: Partial<Record<BuildBody, Answer>> = {
  clientless: [400, "'client'"],
  undecided: [400, "'success'"],
  undated: [400, 'unknown string format'],
  badStep: [400, "'name'"],
};
const STEP_FAULTS: Partial<Record<StepBody, Answer>> = {
  nameless: [400, "'name'"],
  undated: [400, 'unknown string format'],
};

/** What an answer of the server comes down to; the body of a project that was updated is not looked at here. */
export function answerOf({ status, text }: Reply): Answer {
  return [status, status === 200 ? '' : text];
}

/** Projects, builds and the newcomer. */
export class DevmasonModel {
  readonly projects = new Map<string, Project>();
  readonly builds = new Map<string, Build>();
  newcomerIsStored = false;
  #clock = 0;

  putProject(slug: string, actor: Actor, body: ProjectBody): Answer {
    if (body === 'malformed') return BAD_REQUEST;
    const refused = refusal(actor);
    if (refused) return refused;
    if (body === 'nameless') return [400, ''];
    if (body === 'list') return [400, ''];
    const project = this.projects.get(slug);
    if (project) return project.owner !== null && project.owner === actor ? [200, ''] : FORBIDDEN;
    this.projects.set(slug, { owner: this.#created(actor) });
    return CREATED;
  }

  deleteProject(slug: string, actor: Actor): Answer {
    const refused = refusal(actor) ?? (actor === 'nobody' ? UNAUTHORIZED : undefined);
    if (refused) return refused;
    const project = this.projects.get(slug);
    if (!project) return NOT_FOUND;
    if (project.owner !== actor) return FORBIDDEN;
    this.projects.delete(slug);
    for (const [key, build] of this.builds) if (build.project === slug) this.builds.delete(key);
    return DONE;
  }

  /** @param id that the client chooses; `store` is then told by the test */
  report(slug: string, id: string | null, actor: Actor, body: BuildBody, incremental: boolean): Answer {
    if (body === 'malformed') return BAD_REQUEST;
    const refused = refusal(actor);
    if (refused) return refused;
    if (!this.projects.has(slug)) return NOT_FOUND;
    if (id !== null && this.builds.has(`${slug}/${id}`)) return FORBIDDEN;
    const isFault = incremental ? body === 'clientless' || body === 'undated' : true;
    return (isFault ? BUILD_FAULTS[body] : undefined) ?? CREATED;
  }

  /** Remembers a build that was created. */
  store(slug: string, id: string, actor: Actor, steps: readonly boolean[], incremental: boolean): void {
    const reporter = this.#created(actor);
    const now = ++this.#clock;
    this.builds.set(`${slug}/${id}`, {
      project: slug,
      id,
      reporter,
      anonymous: reporter === null,
      success: incremental ? null : true,
      steps: [...steps],
      reported: now,
      finished: incremental ? Number.POSITIVE_INFINITY : now,
    });
  }

  addStep(key: string, actor: Actor, body: StepBody): Answer {
    if (body === 'malformed') return BAD_REQUEST;
    const [refused, build] = this.#progress(key, actor);
    if (!build) return refused;
    const fault = STEP_FAULTS[body];
    if (fault) return fault;
    build.steps.push(body === 'right');
    this.#lastStep.set(key, ++this.#clock);
    return DONE;
  }

  finish(key: string, actor: Actor): Answer {
    const [refused, build] = this.#progress(key, actor);
    if (!build) return refused;
    build.success = build.steps.length > 0 && build.steps.every(Boolean);
    build.finished = this.#lastStep.get(key) ?? ++this.#clock;
    return DONE;
  }

  deleteBuild(key: string, actor: Actor): Answer {
    const refused = refusal(actor) ?? (actor === 'nobody' ? UNAUTHORIZED : undefined);
    if (refused) return refused;
    const build = this.builds.get(key);
    if (!build) return NOT_FOUND;
    if (!this.#isHis(build, actor)) return FORBIDDEN;
    this.builds.delete(key);
    return DONE;
  }

  putNewcomer(): Answer {
    if (this.newcomerIsStored) return [200, ''];
    this.newcomerIsStored = true;
    return CREATED;
  }

  deleteNewcomer(actor: 'newcomer' | 'genie' | 'nobody'): Answer {
    if (actor === 'nobody') return UNAUTHORIZED;
    if (!this.newcomerIsStored) return NOT_FOUND;
    if (actor !== 'newcomer') return FORBIDDEN;
    this.newcomerIsStored = false;
    for (const project of this.projects.values()) if (project.owner === actor) project.owner = null;
    for (const build of this.builds.values()) if (build.reporter === actor) build.reporter = null;
    return DONE;
  }

  /** Ids of the builds of a project in the order of its list. */
  listed(slug: string): string[] {
    return [...this.builds.values()]
      .filter(({ project }) => project === slug)
      .toSorted((a, b) => {
        // Infinity minus infinity is no order.
        if (a.finished === b.finished) return b.reported - a.reported;
        return b.finished > a.finished ? 1 : -1;
      })
      .map(({ id }) => id);
  }

  readonly #lastStep = new Map<string, number>();

  #progress(key: string, actor: Actor): [Answer, Build?] {
    const refused = refusal(actor);
    if (refused) return [refused];
    const build = this.builds.get(key);
    if (!build) return [NOT_FOUND];
    if (build.success !== null) return [GONE];
    if (build.anonymous || this.#isHis(build, actor)) return [DONE, build];
    return [actor === 'nobody' ? UNAUTHORIZED : FORBIDDEN];
  }

  #isHis({ reporter, project }: Build, actor: Actor): boolean {
    return actor !== 'nobody' && (reporter === actor || this.projects.get(project)?.owner === actor);
  }

  /** Whose something is that an actor has created. */
  #created(actor: Actor): Actor | null {
    if (actor === 'newcomer') this.newcomerIsStored = true;
    return actor === 'nobody' ? null : actor;
  }
}

function refusal(actor: Actor): Answer | undefined {
  if (actor === 'wrong') return FORBIDDEN;
  return actor === 'unreadable' ? UNAUTHORIZED : undefined;
}

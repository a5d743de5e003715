import { randomUUID } from 'node:crypto';
import { TEXTS } from '../../core/world.js';
import { digitsOf, type MadeJob, type MadeRecord, type MadeRun } from './data.js';
import type { RodanReader } from './rest-support.js';

/**
 * Rows of every list with what is hard about them: ties, nulls, texts that SQL or Unicode treats specially, and times a
 * microsecond apart. Sue is a superuser, Mia and Ned have projects.
 */
export async function makeWorld(server: RodanReader, rows = 18): Promise<void> {
  await new WorldMaker(server, rows).make();
}

const START = Date.UTC(2016, 1, 1, 12) * 1000;
/** Ties, whole seconds, and neighbours one microsecond apart. */
const OFFSETS = [0, 1, 1, 2_002, 1_000_000, 999_999, -1, 86_400_000_000];
const RUN_CODES = [1, 4, -1, 9, 11, 29, 31];
const RUN_JOB_CODES = [0, 1, 2, 4, -1, 9];
const RESOURCE_CODES = [null, 0, 1, 4, -1];

class WorldMaker {
  #texts = 0;

  constructor(
    private readonly server: RodanReader,
    private readonly rows: number,
  ) {}

  async make(): Promise<void> {
    await this.server.user('sue', { superuser: true });
    const users = [await this.server.user('mia'), await this.server.user('ned', { number: 10 })];
    const projects = await this.#each(5, (index) =>
      this.server.data.project(users[index % 2]!, { workers: [users[(index + 1) % 2]!] }, this.#described(index)),
    );
    const types = await this.#resourceTypes();
    const jobs = await this.#jobs();
    const workflows = await this.#workflows(projects, users);
    await this.#workflowParts(workflows, jobs);
    await this.#runs(projects, workflows, users, types);
  }

  async #resourceTypes(): Promise<string[]> {
    return this.#each(5, (index) =>
      this.server.data.resourceType(`image/x-${this.#text()}`, {
        description: this.#text(),
        extension: ['', 'png', 'PNG', 'a%_'][index % 4]!,
      }),
    );
  }

  #jobs(): Promise<MadeJob[]> {
    const types = { minimum: 0, maximum: 3, types: ['image/png', 'image/jpeg'] };
    return this.#each(6, (index) =>
      this.server.data.job(
        `acme.${index}.${this.#text()}`,
        {
          inputs: { page: types, [`Seite ${index}`]: { minimum: index, maximum: 2 * index, list: index % 2 === 0 } },
          outputs: { page: { ...types, list: true }, mask: {} },
        },
        { category: [null, 'Image', 'image', ''][index % 4]!, enabled: index % 2 === 0, interactive: index % 3 === 0 },
      ),
    );
  }

  #workflows(projects: readonly string[], users: readonly number[]): Promise<string[]> {
    return this.#each(this.rows, (index) =>
      this.server.data.workflow(projects[index % 3]!, {
        ...this.#described(index),
        creator_number: index % 4 === 0 ? null : users[index % 2]!,
        valid: index % 3 === 0,
      }),
    );
  }

  async #workflowParts(workflows: readonly string[], jobs: readonly MadeJob[]): Promise<void> {
    const { data } = this.server;
    const made = await this.#each(this.rows, (index) =>
      data.workflowJob(workflows[index % 4]!, jobs[index % jobs.length]!, {
        ...this.#times(index),
        name: this.#text(),
      }),
    );
    await this.#each(5, (index) =>
      data.group(workflows[index % 3]!, [made[index]!.uuid], {
        ...this.#described(index),
        origin_uuid: index % 2 === 0 ? null : workflows[index]!,
      }),
    );
    // Two wires between the same ports among them.
    await this.#each(8, (index) => {
      const [from, to] = [made[index % 4]!, made[(index % 4) + 4]!];
      return data.connection(Object.values(from.outputs)[index % 2]!, Object.values(to.inputs)[0]!);
    });
  }

  async #runs(
    projects: readonly string[],
    workflows: readonly string[],
    users: readonly number[],
    types: readonly string[],
  ): Promise<void> {
    const { data } = this.server;
    const runs = await this.#each(this.rows, (index) =>
      data.run(
        {
          project: projects[index % 3]!,
          workflow: index % 5 === 0 ? null : workflows[index % 4]!,
          creator: index % 4 === 0 ? null : users[index % 2]!,
        },
        {
          ...this.#recordTimes('submitted_at', index),
          rodan_status: RUN_CODES[index % RUN_CODES.length]!,
          rodan_name: index % 6 === 0 ? null : this.#text(),
          rodan_last_redone_uuid: index % 3 === 0 ? randomUUID() : null,
        },
      ),
    );
    const runJobs = await this.#runJobs(runs, users);
    const outputs = await this.#each(this.rows, (index) =>
      data.output(runJobs[index % runJobs.length]!, ['page', 'mask', this.#text()][index % 3]!),
    );
    const resources = await this.#each(this.rows, (index) =>
      data.resource(projects[index % 3]!, types[index % types.length]!, {
        ...this.#described(index),
        name: index % 5 === 0 ? null : this.#text(),
        creator_number: index % 2 === 0 ? null : users[index % 2]!,
        origin_uuid: index % 2 === 0 ? outputs[index]! : null,
        has_thumb: index % 3 === 0,
        processing_status: RESOURCE_CODES[index % RESOURCE_CODES.length]!,
      }),
    );
    await this.#each(6, (index) =>
      data.resourceList(projects[index % 3]!, types[index % 2]!, resources.slice(index, index + 3).toReversed(), {
        ...this.#described(index),
        resource_type_uuid: index % 3 === 0 ? null : types[index % 2]!,
        origin_uuid: index % 2 === 0 ? null : outputs[index]!,
      }),
    );
    await this.#each(this.rows, (index) =>
      data.input(runJobs[(index * 5) % runJobs.length]!, ['page', this.#text()][index % 2]!, {
        resource_uuid: index % 3 === 0 ? null : resources[index % 7]!,
      }),
    );
  }

  #runJobs(runs: readonly MadeRun[], users: readonly number[]): Promise<MadeRecord[]> {
    return this.#each(this.rows, (index) =>
      this.server.data.runJob(
        runs[index % 5]!,
        { job: `acme.${index % 3}.${TEXTS[index % 5]!}` },
        {
          ...this.#recordTimes('created_at', index),
          rodan_status: RUN_JOB_CODES[index % RUN_JOB_CODES.length]!,
          rodan_resource_uuid: index % 3 === 0 ? null : digitsOf(`b000000${index % 4}-0000-4000-8000-00000000002a`),
          rodan_working_user_number: index % 4 === 0 ? users[index % 2]! : null,
          rodan_working_user_expiry: index % 4 === 0 ? START + index : null,
        },
      ),
    );
  }

  #described(index: number): { name: string; description: string | null; created_at: number; updated_at: number } {
    const description = [null, '', this.#text()][index % 3]!;
    return { name: this.#text(), description, ...this.#times(index) };
  }

  #times(index: number): { created_at: number; updated_at: number } {
    const [created, updated] = [OFFSETS[index % OFFSETS.length]!, OFFSETS[(index * 3) % OFFSETS.length]!];
    return { created_at: START + created, updated_at: START + updated };
  }

  #recordTimes(column: string, index: number): Record<string, number> {
    const { created_at: created, updated_at: updated } = this.#times(index);
    return { [column]: created, rodan_updated_at: updated };
  }

  /** One text after the other, so that every list has some of them. */
  #text(): string {
    const text = TEXTS[(this.#texts * 7) % TEXTS.length]!;
    this.#texts += 1;
    return text;
  }

  async #each<Made>(count: number, make: (index: number) => Promise<Made>): Promise<Made[]> {
    const made: Made[] = [];
    for (let index = 0; index < count; index += 1) made.push(await make(index));
    return made;
  }
}

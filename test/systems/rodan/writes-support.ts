import assert from 'node:assert/strict';
import { HttpClient, type Reply } from '../../support/http.js';
import { startTestServer, type TestServer, type TestServerOptions } from '../../support/server.js';
import { CHARTERS, STRAIGHTEN, WORLD, type UserName } from './writes-world.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
/** Who is calling; null without credentials. */
export type As = UserName | null;

/** What a job's ports are to the tests. */
interface JobKeys {
  readonly id: string;
  readonly in: Readonly<Record<string, string>>;
  readonly out: Readonly<Record<string, string>>;
}

/** A workflow job with its ports' links by type. */
export interface Step {
  readonly url: string;
  readonly in: Readonly<Record<string, string>>;
  readonly out: Readonly<Record<string, string>>;
}

/** A gateway as clients of the dialect see it, with the world of `writes-world.ts`. */
export class RodanServer {
  private constructor(
    readonly gateway: TestServer,
    private readonly http: HttpClient,
  ) {}

  static async start(options: TestServerOptions = {}, world: object = WORLD): Promise<RodanServer> {
    const gateway = await startTestServer({ ...options, import: { rodan: world } });
    return new RodanServer(gateway, new HttpClient(gateway.url));
  }

  /** Link to an object. */
  link = (kind: string, id: string): string => `${this.gateway.url}/rodan/${kind}/${id}/`;

  /** @param path below the mount, or a link of an answer */
  send(method: string, path: string, body?: unknown, as: As = 'mia', headers = {}): Promise<Reply> {
    const below = path.startsWith(this.gateway.url) ? path.slice(this.gateway.url.length) : `/rodan${path}`;
    const credentials: Record<string, string> = as === null ? {} : { Authorization: `Token token-${as}` };
    return this.http.send(method, below, {
      headers: { ...credentials, ...(body !== undefined && JSON_TYPE), ...headers },
      ...(body !== undefined && {
        body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
      }),
    });
  }

  get = (path: string, as: As = 'mia'): Promise<Reply> => this.send('GET', path, undefined, as);
  post = (path: string, body?: unknown, as: As = 'mia'): Promise<Reply> => this.send('POST', path, body, as);
  put = (path: string, body?: unknown, as: As = 'mia'): Promise<Reply> => this.send('PUT', path, body, as);
  patch = (path: string, body?: unknown, as: As = 'mia'): Promise<Reply> => this.send('PATCH', path, body, as);
  delete = (path: string, as: As = 'mia'): Promise<Reply> => this.send('DELETE', path, undefined, as);
  form = (method: string, path: string, fields: string): Promise<Reply> =>
    this.send(method, path, fields, 'mia', { 'Content-Type': 'application/x-www-form-urlencoded' });

  /** The representation that a GET shows. */
  async shown(path: string, as: As = 'mia'): Promise<any> {
    return answered(200, await this.get(path, as)).json;
  }

  /** Makes an object; gives its representation. */
  async make(list: string, body: object, as: As = 'mia'): Promise<any> {
    return answered(201, await this.post(list, body, as)).json;
  }

  /** Makes a workflow; gives its link. */
  async workflow(name = 'flow', project = CHARTERS, as: As = 'mia'): Promise<string> {
    return (await this.make('/workflows/', { project: this.link('project', project), name }, as)).url;
  }

  /** Makes a workflow job with one port of each type, or of those that are named. */
  async step(workflow: string, job: JobKeys = STRAIGHTEN, ports: readonly string[] = namesOf(job)): Promise<Step> {
    const { url } = await this.make('/workflowjobs/', { workflow, job: this.link('job', job.id) });
    const step = { url, in: {} as Record<string, string>, out: {} as Record<string, string> };
    for (const port of ports) {
      const [side, type = ''] = port.split(' ') as ['in' | 'out', string];
      step[side][type] = await this.port(url, side, job[side][type]!);
    }
    return step;
  }

  /** Makes a port; gives its link. */
  async port(workflowJob: string, side: 'in' | 'out', type: string, label?: string): Promise<string> {
    const word = `${side}put`;
    const body = { workflow_job: workflowJob, [`${word}_port_type`]: this.link(`${word}porttype`, type), label };
    return (await this.make(`/${word}ports/`, body)).url;
  }

  /** Connects an output with an input; gives the link of the connection. */
  async connect(output: string, input: string): Promise<string> {
    return (await this.make('/connections/', { output_port: output, input_port: input })).url;
  }

  /** Makes a workflow of jobs in a row and validates it. */
  async validWorkflow(...jobs: readonly JobKeys[]): Promise<{ url: string; steps: readonly Step[] }> {
    const url = await this.workflow();
    const steps: Step[] = [];
    for (const job of jobs.length === 0 ? [STRAIGHTEN] : jobs) steps.push(await this.step(url, job));
    for (const [index, step] of steps.slice(1).entries()) {
      await this.connect(first(steps[index]!.out), first(step.in));
    }
    answered(200, await this.patch(url, { valid: true }));
    return { url, steps };
  }

  close(): Promise<void> {
    return this.gateway.close();
  }
}

function namesOf({ in: inputs, out }: JobKeys): string[] {
  return [...Object.keys(inputs).map((name) => `in ${name}`), ...Object.keys(out).map((name) => `out ${name}`)];
}

/** The first of some ports. */
export function first(ports: Readonly<Record<string, string>>): string {
  return Object.values(ports)[0]!;
}

/** The answer, which has to have this status. */
export function answered(status: number, reply: Reply): Reply {
  assert.equal(reply.status, status, reply.text);
  return reply;
}

/** Status and body in one, for answers with JSON. */
export function answerOf({ status, json }: Reply): unknown {
  return [status, json];
}

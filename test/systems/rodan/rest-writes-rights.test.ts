import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RodanServer, type As, first } from './writes-support.js';
import { CHARTERS, FOREIGN, PAGE_1, PAGE_2, STRAIGHTEN, WAITING, runOf } from './writes-world.js';

/** Callers by what they are to the project, from who may least to who may most. */
const CALLERS: readonly As[] = [null, 'otto', 'wil', 'ada', 'mia', 'root'];
type Statuses = readonly [
  anonymous: number,
  outsider: number,
  worker: number,
  admin: number,
  creator: number,
  superuser: number,
];

/** Objects in a project: whoever may see the project may do everything with them. */
const MEMBERS = (status: number, hidden = 404): Statuses => [401, hidden, status, status, status, status];

let server: RodanServer;
/** Objects of the project that belong together. */
let world: Readonly<Record<'workflow' | 'job' | 'input' | 'output' | 'connection' | 'group' | 'list', string>>;
let valid: string;
let openPort: string;

beforeAll(async () => {
  server = await RodanServer.start();
  const ready = await server.validWorkflow();
  valid = ready.url;
  openPort = first(ready.steps[0]!.in);
  world = await objects();
});
afterAll(() => server.close());

/** A workflow of two connected jobs and a group, and a list; made anew for those who delete. */
async function objects() {
  const workflow = await server.workflow('parts');
  const [one, two, grouped] = [await server.step(workflow), await server.step(workflow), await server.step(workflow)];
  const connection = await server.connect(first(one.out), first(two.in));
  const group = (await server.make('/workflowjobgroups/', { name: 'g', workflow_jobs: [grouped.url] })).url;
  const list = (await server.make('/resourcelists/', { resources: [server.link('resource', PAGE_1)] })).url;
  return { workflow, job: one.url, input: first(two.in), output: first(one.out), connection, group, list };
}

const DETAIL = { detail: expect.any(String) as string };

/** Bodies of answers that are the same wherever they come. */
const BODIES: Readonly<Record<number, string>> = {
  204: '',
  401: '{"detail":"Authentication credentials were not provided."}',
  403: '{"detail":"You do not have permission to perform this action."}',
  404: '{"detail":"Not found."}',
};

/** Statuses of the answers to all callers, each of whom does the same. */
async function statusesOf(ask: (as: As) => Promise<{ status: number; text: string }>): Promise<number[]> {
  const statuses: number[] = [];
  for (const caller of CALLERS) {
    const { status, text } = await ask(caller);
    statuses.push(status);
    expect(text).toBe(BODIES[status] ?? text);
  }
  return statuses;
}

describe('creating', () => {
  it('any user may create a project', async () => {
    const statuses = await statusesOf((as) => server.post('/projects/', { name: 'P' }, as));
    expect(statuses).toEqual([401, 201, 201, 201, 201, 201]);
  });

  const NO_PERMISSION = ['You have no permissions to it.'];

  it.each<[string, () => object, object]>([
    ['workflows', () => ({ project: server.link('project', CHARTERS), name: 'W' }), { project: NO_PERMISSION }],
    [
      'workflowjobs',
      () => ({ workflow: world.workflow, job: server.link('job', STRAIGHTEN.id) }),
      { workflow: NO_PERMISSION },
    ],
    [
      'inputports',
      () => ({ workflow_job: world.job, input_port_type: server.link('inputporttype', STRAIGHTEN.in.page) }),
      { workflow_job: NO_PERMISSION },
    ],
    [
      'outputports',
      () => ({ workflow_job: world.job, output_port_type: server.link('outputporttype', STRAIGHTEN.out.page) }),
      { workflow_job: NO_PERMISSION },
    ],
    [
      'connections',
      () => ({ input_port: world.input, output_port: world.output }),
      { input_port: NO_PERMISSION, output_port: NO_PERMISSION },
    ],
    ['resourcelists', () => ({ resources: [server.link('resource', PAGE_1)] }), { resources: { '0': NO_PERMISSION } }],
    [
      'workflowruns',
      () => ({ workflow: valid, resource_assignments: { [openPort]: [server.link('resource', PAGE_1)] } }),
      { workflow: NO_PERMISSION },
    ],
  ])('members of the project create in it; others have no permissions to it: %s', async (list, body, errors) => {
    const refusals: string[] = [];
    const statuses = await statusesOf(async (as) => {
      const reply = await server.post(`/${list}/`, body(), as);
      if (reply.status === 400) refusals.push(reply.text);
      return reply;
    });
    expect(statuses).toEqual(MEMBERS(201, 400));
    expect(refusals.map((text) => JSON.parse(text) as unknown)).toEqual([errors]);
  });

  it('members of the project make groups in it', async () => {
    const statuses = await statusesOf(async (as) => {
      const { url } = await server.step(world.workflow, STRAIGHTEN, []);
      return server.post('/workflowjobgroups/', { name: 'g', workflow_jobs: [url] }, as);
    });
    expect(statuses).toEqual(MEMBERS(201, 400));
  });

  it('an object of another project cannot be linked to', async () => {
    const body = { project: server.link('project', FOREIGN), name: 'W' };
    const reply = await server.post('/workflows/', body, 'mia');
    expect([reply.status, reply.json]).toEqual([400, { project: ['You have no permissions to it.'] }]);
  });
});

describe('changing', () => {
  it.each<[string, string, object, Statuses]>([
    ['PATCH', `/project/${CHARTERS}/`, { description: 'd' }, [401, 404, 403, 200, 200, 200]],
    ['PUT', `/project/${CHARTERS}/`, { name: 'Charters' }, [401, 404, 403, 200, 200, 200]],
    ['PUT', `/project/${CHARTERS}/workers/`, ['wil'], [401, 404, 403, 200, 200, 403]],
    ['PATCH', `/project/${CHARTERS}/workers/`, ['wil'], [401, 404, 403, 200, 200, 403]],
    ['PUT', `/project/${CHARTERS}/admins/`, ['ada'], [401, 404, 403, 403, 200, 403]],
    ['PATCH', `/project/${CHARTERS}/admins/`, ['ada'], [401, 404, 403, 403, 200, 403]],
    ['PATCH', `/workflowrun/${runOf(4)}/`, { name: 'n' }, MEMBERS(200)],
    ['PATCH', `/resource/${PAGE_2}/`, { name: 'n' }, MEMBERS(200)],
  ])('%s %s', async (method, path, body, statuses) => {
    expect(await statusesOf((as) => server.send(method, path, body, as))).toEqual(statuses);
  });

  it.each<[keyof typeof world, object]>([
    ['workflow', { name: 'n' }],
    ['job', { name: 'n' }],
    ['input', { label: 'l' }],
    ['output', { label: 'l' }],
    ['connection', {}],
    ['group', { description: 'd' }],
    ['list', { description: 'd' }],
  ])('PATCH of a %s: whoever may see the project', async (kind, body) => {
    expect(await statusesOf((as) => server.patch(world[kind], body, as))).toEqual(MEMBERS(200));
  });

  it('PUT takes the whole object', async () => {
    for (const url of [world.job, world.list]) {
      const shown = await server.shown(url);
      expect(await statusesOf((as) => server.put(url, shown, as))).toEqual(MEMBERS(200));
    }
  });

  it('the lock of a run job that waits for input is for members; an invisible run job is 404', async () => {
    const path = `/interactive/${WAITING}/acquire/`;
    const statuses = await statusesOf((as) => server.post(path, undefined, as));
    // Whoever comes first has it for 15 seconds.
    expect(statuses).toEqual([401, 404, 200, 400, 400, 400]);
  });
});

describe('deleting', () => {
  it('creator and superusers delete a project, admins do not', async () => {
    const statuses = await statusesOf(async (as) => {
      const { url } = await server.make('/projects/', { name: 'P' });
      await server.put(`${url}admins/`, ['ada']);
      await server.put(`${url}workers/`, ['wil']);
      return server.delete(url, as);
    });
    expect(statuses).toEqual([401, 404, 403, 403, 204, 204]);
  });

  it.each<[keyof typeof world]>([['workflow'], ['job'], ['input'], ['output'], ['connection'], ['group'], ['list']])(
    'whoever may see the project deletes a %s of it',
    async (kind) => {
      const statuses = await statusesOf(async (as) => server.delete((await objects())[kind], as));
      expect(statuses).toEqual(MEMBERS(204));
    },
  );

  it('whoever may see the project deletes a run of it', async () => {
    const statuses = await statusesOf(async (as) => {
      const body = { workflow: valid, resource_assignments: { [openPort]: [server.link('resource', PAGE_1)] } };
      return server.delete((await server.make('/workflowruns/', body)).url, as);
    });
    expect(statuses).toEqual(MEMBERS(204));
  });

  it('what is deleted is not there any more', async () => {
    const { workflow } = await objects();
    expect((await server.delete(workflow)).status).toBe(204);
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      const { status, json } = await server.send(method, workflow, method === 'PUT' ? {} : undefined);
      expect([status, json]).toEqual([404, { detail: 'Not found.' }]);
    }
  });
});

describe('the order of the checks', () => {
  const ID = '00000000-0000-4000-8000-000000000000';

  it('credentials come before the method, an anonymous DELETE of a list is 401', async () => {
    expect((await server.delete('/projects/', null)).status).toBe(401);
    const { status, json, headers } = await server.delete('/projects/');
    expect([status, json]).toEqual([405, { detail: 'Method "DELETE" not allowed.' }]);
    expect(headers.allow).toBe('GET, POST, HEAD, OPTIONS');
  });

  it('bad credentials are 401 before anything about the body', async () => {
    const headers = { Authorization: 'Token wrong', 'Content-Type': 'text/plain' };
    const { status, json } = await server.send('POST', '/projects/', 'x', null, headers);
    expect([status, json]).toEqual([401, { detail: 'Invalid token.' }]);
  });

  it('the object comes before the body, whatever is wrong with that', async () => {
    for (const path of [`/workflow/${ID}/`, `/project/${ID}/`, `/workflowrun/${ID}/`, `/project/${ID}/admins/`]) {
      for (const body of ['{', 'null', '[]', '{"name":[]}', '{"status":"29"}', '']) {
        const { status, json } = await server.patch(path, body);
        expect([path, body, status, json]).toEqual([path, body, 404, { detail: 'Not found.' }]);
      }
    }
  });

  it('the right to the object comes before the body', async () => {
    for (const path of [`/project/${CHARTERS}/`, `/project/${CHARTERS}/admins/`, `/project/${CHARTERS}/workers/`]) {
      for (const body of ['{', 'null', '{"name":[]}', '["zed"]', '[null]', '']) {
        const { status, json } = await server.patch(path, body, 'wil');
        expect([path, body, status, json]).toEqual([path, body, 403, expect.objectContaining(DETAIL)]);
      }
    }
  });

  it('an unsupported type is told to whoever may', async () => {
    const plain = { 'Content-Type': 'text/plain' };
    const { status, json } = await server.send('PATCH', `/project/${CHARTERS}/`, 'x', 'ada', plain);
    expect([status, json]).toEqual([415, { detail: 'Unsupported media type "text/plain" in request.' }]);
    expect((await server.send('PATCH', `/project/${CHARTERS}/`, 'x', 'otto', plain)).status).toBe(404);
    expect((await server.send('PATCH', `/project/${CHARTERS}/`, 'x', 'wil', plain)).status).toBe(403);
  });

  it.each<[string, string, string]>([
    ['POST', '/runjobs/', 'GET, HEAD, OPTIONS'],
    ['PATCH', `/runjob/${WAITING}/`, 'GET, HEAD, OPTIONS'],
    ['POST', '/jobs/', 'GET, HEAD, OPTIONS'],
    ['DELETE', `/job/${STRAIGHTEN.id}/`, 'GET, HEAD, OPTIONS'],
    ['POST', '/inputs/', 'GET, HEAD, OPTIONS'],
    ['POST', '/resources/', 'GET, HEAD, OPTIONS'],
    ['PUT', `/workflowrun/${runOf(4)}/`, 'GET, PATCH, DELETE, HEAD, OPTIONS'],
    ['POST', `/workflow/${ID}/`, 'GET, PUT, PATCH, DELETE, HEAD, OPTIONS'],
    ['DELETE', `/project/${CHARTERS}/admins/`, 'GET, PUT, PATCH, HEAD, OPTIONS'],
    ['GET', `/interactive/${WAITING}/acquire/`, 'POST, OPTIONS'],
  ])('%s %s is not allowed', async (method, path, allowed) => {
    const { status, json, headers } = await server.send(method, path, method === 'GET' ? undefined : {});
    expect([status, json]).toEqual([405, { detail: `Method "${method}" not allowed.` }]);
    expect(headers.allow).toBe(allowed);
  });

  it('an id in upper case or of another shape is no URI', async () => {
    for (const id of [CHARTERS.toUpperCase(), CHARTERS.replaceAll('-', ''), '1', `${CHARTERS}0`]) {
      expect((await server.patch(`/project/${id}/`, {})).status).toBe(404);
    }
  });
});

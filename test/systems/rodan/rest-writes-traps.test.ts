import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answered, answerOf, first, RodanServer } from './writes-support.js';
import { CHARTERS, PAGE_1, runJobOf, runOf, STRAIGHTEN, uuid } from './writes-world.js';

/** Traps of contract rodan, section 15, that concern writes; each by its sentence. */

let server: RodanServer;
beforeAll(async () => {
  server = await RodanServer.start();
});
afterAll(() => server.close());

const page = (): string => server.link('resource', PAGE_1);

/** A valid workflow of one job, and its open port. */
async function ready(): Promise<{ workflow: string; port: string }> {
  const { url, steps } = await server.validWorkflow();
  return { workflow: url, port: first(steps[0]!.in) };
}

describe('traps of those who write', () => {
  it('plural for lists, singular for details; trailing slash everywhere; ids in URIs only in lower case', async () => {
    for (const path of ['/project/', `/projects/${CHARTERS}/`, `/project/${CHARTERS.toUpperCase()}/`]) {
      expect((await server.post(path, { name: 'n' })).status).toBe(404);
    }
    const reply = await server.post('/projects?a=b', { name: 'n' });
    expect([reply.status, reply.headers.location]).toEqual([301, `${server.gateway.url}/rodan/projects/?a=b`]);
  });

  it('bad credentials are 401 even on public URIs; invisible objects are 404, not 403; 401 precedes 405', async () => {
    const wrong = { Authorization: 'Token wrong' };
    expect(answerOf(await server.send('POST', '/jobs/', {}, null, wrong))).toEqual([401, { detail: 'Invalid token.' }]);
    expect((await server.post('/jobs/', {}, null)).status).toBe(405);
    expect((await server.patch(`/project/${CHARTERS}/`, {}, 'otto')).status).toBe(404);
    expect((await server.delete('/workflowruns/', null)).status).toBe(401);
  });

  it('`{"status": "29"}` is refused, `{"status": 29}` works; a form body can never cancel', async () => {
    const path = `/workflowrun/${runOf(11)}/`;
    const refusal = [400, { status: ['Invalid status update'] }];
    expect(answerOf(await server.patch(path, { status: '29' }))).toEqual(refusal);
    expect(answerOf(await server.form('PATCH', path, 'status=29'))).toEqual(refusal);
    expect((await server.patch(path, { status: 29 })).status).toBe(200);
  });

  it('the PATCH answer shows 29 / 31 / (redo) the old status; 9 and 11 come after', async () => {
    const path = `/workflowrun/${runOf(1)}/`;
    const redo = { last_redone_runjob_tree: server.link('runjob', runJobOf(1)) };
    expect((await server.patch(path, redo)).json.status).toBe(1);
    expect((await server.shown(path)).status).toBe(11);
    expect((await server.patch(path, { status: 29 })).json.status).toBe(29);
    expect((await server.shown(path)).status).toBe(9);
    expect((await server.patch(path, { status: 31 })).json.status).toBe(31);
    expect((await server.shown(path)).status).toBe(11);
  });

  it('cancelling is allowed from -1, retry also from 9, neither from 4, 21, 29, 31', async () => {
    for (const from of [4, 21, 29, 31]) {
      for (const status of [29, 31]) {
        expect((await server.patch(`/workflowrun/${runOf(from)}/`, { status })).status).toBe(400);
      }
    }
    const failed = `/workflowrun/${runOf(-1)}/`;
    answered(200, await server.patch(failed, { status: 29 }));
    answered(200, await server.patch(failed, { status: 31 }));
    answered(200, await server.patch(`/workflowrun/${runOf(9)}/`, { status: 31 }));
  });

  it('only one of many messages lacks its full stop; one has two. Keep them', async () => {
    const { workflow } = await ready();
    expect((await server.post('/workflowruns/', { workflow })).json).toEqual({
      resource_assignments: ['This field is required'],
    });
    expect((await server.post('/workflowruns/', { workflow, last_redone_runjob_tree: 'x' })).json).toEqual({
      last_redone_runjob_tree: ['Cannot set this field upon creation..'],
    });
  });

  it('assignment errors: first fault only, in document order, key echoed as sent, index as a member name', async () => {
    const { workflow, port } = await ready();
    const unknown = server.link('resource', uuid('c1', 99));
    const key = `https://elsewhere.example${new URL(port).pathname}?x`;
    const body = `{"workflow":"${workflow}","resource_assignments":{"${key}":["${page()}","${unknown}"],"0":[]}}`;
    expect(answerOf(await server.post('/workflowruns/', body))).toEqual([
      400,
      { resource_assignments: { [key]: { '1': ['Invalid hyperlink - Incorrect URL match.'] } } },
    ]);
  });

  it('links: host and mount prefix are irrelevant, the final slash is not; two hosts in one body', async () => {
    const { workflow, port } = await ready();
    const path = (link: string): string => new URL(link).pathname;
    const bare = (link: string): string => path(link).slice('/rodan'.length);
    const assigned = { [`http://rodan.simssa.ca${bare(port)}`]: [`http://localhost:8000${path(page())}`] };
    const body = { workflow: `https://other.example${path(workflow)}`, resource_assignments: assigned };
    expect((await server.post('/workflowruns/', body)).status).toBe(201);
    const noSlash = { ...body, workflow: workflow.slice(0, -1) };
    expect((await server.post('/workflowruns/', noSlash)).json).toEqual({
      workflow: ['Invalid hyperlink - No URL match.'],
    });
  });

  it('a failed validation is 409 and saves nothing, not even the `name` sent beside it', async () => {
    const url = await server.workflow('before');
    const { status, json } = await server.patch(url, { name: 'after', description: 'd', valid: true });
    expect([status, json.error_code]).toEqual([409, 'WF_EMPTY']);
    expect(await server.shown(url)).toMatchObject({ name: 'before', description: null, valid: false });
  });

  it('deleting a workflow keeps its runs; deleting a run keeps its resources; a used resource cannot be deleted', async () => {
    const { workflow, port } = await ready();
    const run = await server.make('/workflowruns/', { workflow, resource_assignments: { [port]: [page()] } });
    const [job] = (await server.shown(`/runjobs/?workflow_run=${run.uuid}`)).results;
    const { resource: made } = await server.shown(job.outputs[0]);
    answered(204, await server.delete(workflow));
    expect((await server.shown(run.url)).workflow).toBeNull();
    expect((await server.delete(page())).status).toBe(409);
    answered(204, await server.delete(run.url));
    expect((await server.shown(made)).origin).toBeNull();
  });

  it('a superuser is not a project’s creator: `/admins/` answers 403', async () => {
    for (const method of ['GET', 'PUT', 'PATCH']) {
      const reply = await server.send(
        method,
        `/project/${CHARTERS}/admins/`,
        method === 'GET' ? undefined : [],
        'root',
      );
      expect(reply.status).toBe(403);
    }
  });
});

describe('what nobody means to send', () => {
  const TARGETS: readonly (readonly [string, string])[] = [
    ['POST', '/projects/'],
    ['POST', '/workflows/'],
    ['POST', '/workflowjobs/'],
    ['POST', '/workflowjobgroups/'],
    ['POST', '/inputports/'],
    ['POST', '/outputports/'],
    ['POST', '/connections/'],
    ['POST', '/resourcelists/'],
    ['POST', '/workflowruns/'],
    ['PATCH', `/project/${CHARTERS}/`],
    ['PATCH', `/resource/${PAGE_1}/`],
    ['PATCH', `/workflowrun/${runOf(21)}/`],
    ['PUT', `/project/${CHARTERS}/workers/`],
  ];
  const NAMES = [
    'name description label valid status project workflow workflow_jobs job origin job_settings workflow_job',
    'input_port_type output_port_type input_port output_port resources resource_type resource_assignments',
    'last_redone_runjob_tree serialized',
  ].flatMap((names) => names.split(' '));
  const deep = `${'['.repeat(80)}${']'.repeat(80)}`;
  const VALUES = [
    'null true 0 -0 1e400 -1e-400 12345678901234567890123 1.5 "" [] {} [[]] "__proto__" ["__proto__"]'.split(' '),
    ['" "', '"\\u0000"', '"\\ud800"', '"\\udc00\\ud800"', '"a\\u0000b"', '["\\u0000"]', '"/workflow/\\u0000/"'],
    ['{"\\u0000":["\\ud800"]}', '{"__proto__":{"a":1}}', '{"constructor":[]}', deep, `{"a":${deep}}`],
  ].flat();

  it.each(TARGETS)(
    '%s %s: never an error of the server, and nothing stored of what is refused',
    async (method, path) => {
      const list = path.replace(/^\/(\w+?)s?\/.*$/, '/$1s/');
      const countOf = async (): Promise<number> => (await server.shown(list)).count;
      const before = await countOf();
      const statuses: number[] = [];
      for (const value of VALUES) {
        for (const body of [value, `{${NAMES.map((name) => `"${name}":${value}`).join()}}`]) {
          const { status } = await server.send(method, path, body);
          expect([body, [200, 201, 400].includes(status)]).toEqual([body, true]);
          statuses.push(status);
        }
      }
      expect(await countOf()).toBe(before + statuses.filter((status) => status === 201).length);
    },
  );

  it('one bad value beside good ones stores nothing', async () => {
    const { workflow } = await ready();
    const job = server.link('job', STRAIGHTEN.id);
    for (const name of ['"a\\u0000"', '"\\ud800"', '[]', `"${'x'.repeat(300)}"`]) {
      const { status, json } = await server.post(
        '/workflowjobs/',
        `{"workflow":"${workflow}","job":"${job}","name":${name}}`,
      );
      expect([status, Object.keys(json)]).toEqual([400, ['name']]);
    }
    expect(await server.shown(workflow)).toMatchObject({ valid: true, workflow_jobs: [{ job }] });
  });

  it('settings with anything inside are stored exactly or refused', async () => {
    const url = await server.workflow();
    const { url: step } = await server.step(url, STRAIGHTEN, []);
    for (const value of VALUES.filter((one) => one !== 'null')) {
      const { status, text } = await server.patch(step, `{"job_settings":${value}}`);
      expect([value, [200, 400].includes(status)]).toEqual([value, true]);
      const shown = (await server.get(step)).text;
      expect(status === 400 || shown === text).toBe(true);
    }
  });

  it('a text of ten million characters, and a body that is too large, are refused', async () => {
    const long = 'x'.repeat(10_000_000);
    expect(answerOf(await server.post('/projects/', { name: long }))).toEqual([
      400,
      { name: ['Ensure this field has no more than 255 characters.'] },
    ]);
    expect((await server.post('/projects/', { name: 'n', description: 'x'.repeat(11_000_000) })).status).toBe(413);
  });

  it('a list of a hundred thousand links is answered', async () => {
    const links = Array.from({ length: 100_000 }, () => page());
    const unknown = [...links, server.link('resource', uuid('c1', 99))];
    expect(answerOf(await server.post('/resourcelists/', { resources: unknown }))).toEqual([
      400,
      { resources: { '100000': ['Invalid hyperlink - Object does not exist.'] } },
    ]);
  });
});

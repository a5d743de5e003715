import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COLLECTIONS, type Collection } from '../../../src/systems/rodan/rest/collections.js';
import { digitsOf, type MadeRun } from './data.js';
import { RodanReader } from './rest-support.js';

const NOWHERE = 'b2000000-0000-4000-8000-00000000abcd';
let server: RodanReader;
let mia: number;
let project: string;

beforeAll(async () => {
  server = await RodanReader.start();
  mia = await server.user('mia');
  await server.user('zoe');
  await server.user('sue', { superuser: true });
  project = await server.data.project(mia, {}, { name: 'Charters' });
  for (let number = 1; number <= 45; number += 1) {
    await server.data.workflow(project, { name: `w${String(number).padStart(2, '0')}`, creator_number: mia });
  }
});

afterAll(() => server.close());

async function page(search: string, as = 'mia', list = 'workflows') {
  const { status, json } = await server.get(`/${list}/${search}`, as);
  expect([search, status]).toEqual([search, 200]);
  return json;
}

async function names(search: string, as = 'mia', list = 'workflows'): Promise<string[]> {
  return (await page(search, as, list)).results.map(({ name }: { name: string }) => name);
}

describe('Pages', () => {
  it('have their members in the order of the document, and 20 rows', async () => {
    const second = await page('?page=2');
    expect(Object.keys(second)).toEqual(['count', 'next', 'previous', 'current_page', 'total_pages', 'results']);
    expect(second).toMatchObject({ count: 45, current_page: 2, total_pages: 3 });
    expect(second.results).toHaveLength(20);
    expect(second.next).toBe(server.url('/workflows/?page=3'));
  });

  it('the link to page 1 has no page, other parameters are sorted by name', async () => {
    expect((await page('?page=2')).previous).toBe(server.url('/workflows/'));
    const { next, previous } = await page('?x=%C3%BC%26&page=9&ordering=-name&page=2&a=&name__icontains=W&x=b+c');
    expect(next).toBe(server.url('/workflows/?a=&name__icontains=W&ordering=-name&page=3&x=%C3%BC%26&x=b+c'));
    expect(previous).toBe(server.url('/workflows/?a=&name__icontains=W&ordering=-name&x=%C3%BC%26&x=b+c'));
  });

  it('page=last is valid, and the value of a repeated page that counts is the last', async () => {
    expect(await page('?page=last')).toMatchObject({ current_page: 3, next: null, total_pages: 3 });
    expect((await page('?page=last')).results).toHaveLength(5);
    expect(await page('?page=x&page=3')).toMatchObject({ current_page: 3 });
    expect(await page('?page=%202%20')).toMatchObject({ current_page: 2 });
    expect(await page('?page=%2B2')).toMatchObject({ current_page: 2 });
  });

  it.each([
    ['LAST', 'That page number is not an integer'],
    ['', 'That page number is not an integer'],
    ['1.5', 'That page number is not an integer'],
    ['abc', 'That page number is not an integer'],
    ['ü "', 'That page number is not an integer'],
    ['0', 'That page number is less than 1'],
    ['-1', 'That page number is less than 1'],
    ['-99999999999999999999999', 'That page number is less than 1'],
    ['4', 'That page contains no results'],
    ['107374183', 'That page contains no results'],
    ['9'.repeat(400), 'That page contains no results'],
  ])('A bad page is 404 with the value quoted, not 400 and not page 1: %s', async (value, reason) => {
    const { status, json } = await server.get(`/workflows/?page=${encodeURIComponent(value)}`, 'mia');
    expect([status, json]).toEqual([404, { detail: `Invalid page "${value}": ${reason}.` }]);
  });

  it.each([
    ['50', 45],
    ['100', 45],
    ['101', 45],
    ['99999999999', 45],
    ['7', 7],
    ['0', 20],
    ['-5', 20],
    ['abc', 20],
    ['', 20],
    ['1.5', 20],
  ])('page_size=%s gives %i rows', async (size, rows) => {
    expect((await page(`?page_size=${size}`)).results).toHaveLength(rows);
  });

  it('an empty list has one page and no second one', async () => {
    expect(await page('?name=nope')).toEqual({
      count: 0,
      next: null,
      previous: null,
      current_page: 1,
      total_pages: 1,
      results: [],
    });
    expect(await page('?name=nope&page=last')).toMatchObject({ current_page: 1, total_pages: 1 });
    for (const query of ['name=nope', 'uuid=nope']) {
      const { status, json } = await server.get(`/workflows/?${query}&page=2`, 'mia');
      expect([status, json.detail]).toEqual([404, 'Invalid page "2": That page contains no results.']);
    }
  });

  it('disable_pagination=false disables pagination, on lists of what is installed only', async () => {
    for (let number = 1; number <= 22; number += 1) await server.data.job(`acme.j${100 - number}`);
    for (const value of ['false', 'true', '0', 'x']) {
      const all = await page(
        `?disable_pagination=${value}&name__icontains=ACME.j9&ordering=name&page=7`,
        'mia',
        'jobs',
      );
      expect(all.map(({ name }: { name: string }) => name)).toEqual(
        Array.from({ length: 10 }, (_, index) => `acme.j${90 + index}`).filter((name) => name !== 'acme.j100'),
      );
    }
    expect(await page('?disable_pagination=', 'mia', 'jobs')).toMatchObject({ count: 22, total_pages: 2 });
    expect(await page('?disable_pagination=true')).toMatchObject({ count: 45, total_pages: 3 });
    expect(await page('?disable_pagination=1&uuid=x', 'mia', 'resourcetypes')).toEqual([]);
  });
});

describe('Ordering', () => {
  it('of projects, workflows, runs, run jobs, resources and groups is newest first', async () => {
    expect((await names(''))[0]).toBe('w45');
    expect(await names('?ordering=nope,,--name,name__x')).toEqual(await names(''));
  });

  it('of jobs is by category, then name, nulls last', async () => {
    await server.data.job('zeta.b', {}, { category: null });
    await server.data.job('zeta.a', {}, { category: null });
    await server.data.job('zeta.c', {}, { category: 'Aaa' });
    expect(await names('?name__icontains=zeta', 'mia', 'jobs')).toEqual(['zeta.c', 'zeta.a', 'zeta.b']);
    expect((await names('?name__icontains=zeta&ordering=-category,name', 'mia', 'jobs')).slice(0, 2)).toEqual([
      'zeta.a',
      'zeta.b',
    ]);
  });

  it('takes several terms with commas and blanks, and as many as there are', async () => {
    expect((await names('?ordering=%20valid%20,%20-name'))[0]).toBe('w45');
    expect((await names(`?ordering=${'name,-name,'.repeat(400)}`))[0]).toBe('w01');
  });
});

describe('Filters', () => {
  it('bad values give an empty page, bad names and lookups are ignored, empty values are ignored', async () => {
    for (const bad of [
      'uuid=x',
      'creator=mia',
      'project=1',
      'created__lt=soon',
      `creator=${'9'.repeat(30)}`,
      'uuid=%00',
    ]) {
      expect([bad, (await page(`?${bad}`)).count]).toEqual([bad, 0]);
    }
    for (const ignored of [
      'nope=1',
      'name__nope=1',
      'created=2016-01-01',
      'uuid=&creator=&name=',
      'valid=maybe',
      '=1',
      '&&',
    ]) {
      expect([ignored, (await page(`?${ignored}`)).count]).toEqual([ignored, 45]);
    }
  });

  it('links are filtered by UUID, not by URL, and the creator by number, not by name', async () => {
    expect((await page(`?project=${project}`)).count).toBe(45);
    expect((await page(`?project=${project.toUpperCase()}&creator=${mia}`)).count).toBe(45);
    expect((await page(`?project=${encodeURIComponent(server.link('project', project))}`)).count).toBe(0);
    expect((await page('?creator=mia')).count).toBe(0);
    expect((await page(`?project=${NOWHERE}`)).count).toBe(0);
  });

  it('combine with AND, field__exact being field, and the last of repeated values counts', async () => {
    expect(await names('?name=w07&name__exact=w07')).toEqual(['w07']);
    expect(await names('?name=w07&name__exact=w08')).toEqual([]);
    expect(await names('?name=w08&name=w07')).toEqual(['w07']);
    expect(await names('?name__icontains=W0&valid=False&ordering=name')).toHaveLength(9);
  });

  it('icontains takes wildcards, backslashes and signs of regular expressions literally, in any case of Unicode', async () => {
    const odd = ['100%_\\*.ÄÖ', 'Straße ΑΣ', 'ас'];
    for (const name of odd) await server.data.workflow(project, { name });
    for (const [part, found] of [
      ['%_\\', odd[0]],
      ['*.äö', odd[0]],
      ['STRASSE ας', odd[1]],
      ['АС', odd[2]],
    ] as const) {
      expect([part, await names(`?name__icontains=${encodeURIComponent(part)}`)]).toEqual([part, [found]]);
    }
    expect(await names(`?name=${encodeURIComponent(odd[1]!.toLowerCase())}`)).toEqual([]);
    expect(await names(`?name=${encodeURIComponent(`${odd[1]} `)}`)).toEqual([]);
  });

  it('times are strict to the microsecond', async () => {
    const at = Date.UTC(2017, 0, 1) * 1000;
    for (const offset of [0, 1, 2]) await server.data.project(mia, {}, { name: `t${offset}`, created_at: at + offset });
    const after = (text: string) => names(`?created__gt=${encodeURIComponent(text)}&ordering=name`, 'mia', 'projects');
    expect(await after('2017-01-01')).toEqual(['t1', 't2']);
    expect(await after('2017-01-01T00:00:00.000001Z')).toEqual(['t2']);
    expect(await after('01/01/17 00:00:00.000001')).toEqual(['t2']);
    expect(
      await names('?created__gt=2016-12-31&created__lt=2017-01-01+00:00:00.000002&ordering=name', 'mia', 'projects'),
    ).toEqual(['t0', 't1']);
  });
});

describe('Parameters that OPTIONS does not list', () => {
  it('/jobs/?workflow_run= gives the jobs that the workflow of the run uses, each once', async () => {
    const { data } = server;
    const [used, other] = [await data.job('once.used'), await data.job('once.other')];
    const workflow = await data.workflow(project, { name: 'with jobs' });
    for (const job of [used, used, used]) await data.workflowJob(workflow, job);
    await data.workflowJob(await data.workflow(project, { name: 'without runs' }), other);
    const run = await data.run({ project, workflow });
    await data.run({ project, workflow });
    expect(await names(`?workflow_run=${run.uuid}`, 'mia', 'jobs')).toEqual(['once.used']);
    expect(await names(`?workflow_run=${NOWHERE}`, 'mia', 'jobs')).toEqual([]);
    expect(await names('?workflow_run=x', 'mia', 'jobs')).toEqual([]);
  });

  it('has_connections and the group filters join: no duplicate rows', async () => {
    const { data } = server;
    const job = await data.job('wired', { inputs: { in: {} }, outputs: { out: {} } });
    const workflow = await data.workflow(project, { name: 'wired' });
    const [first, second] = [await data.workflowJob(workflow, job), await data.workflowJob(workflow, job)];
    await data.connection(first.outputs['out']!, second.inputs['in']!);
    await data.connection(second.outputs['out']!, second.inputs['in']!);
    const ports = async (query: string) =>
      (await page(`?workflow=${workflow}${query}`, 'mia', 'inputports')).results.map(
        ({ uuid }: { uuid: string }) => uuid,
      );
    expect(await ports('&has_connections=TRUE')).toEqual([second.inputs['in']]);
    expect(await ports('&has_connections=false')).toEqual([first.inputs['in']]);
    for (const ignored of ['2', 'yes', '']) expect(await ports(`&has_connections=${ignored}`)).toHaveLength(2);
    const group = await data.group(workflow, [first.uuid, second.uuid], { origin_uuid: workflow });
    for (const query of [`project=${project}`, `workflow=${workflow}`, `origin=${workflow}`]) {
      const { results } = await page(`?${query}`, 'mia', 'workflowjobgroups');
      expect(results.map(({ uuid }: { uuid: string }) => uuid)).toEqual([group]);
    }
  });

  it('result_of_workflow_run= gives what a run made and did not read itself, uploaded= what has no origin', async () => {
    const { data } = server;
    const type = await data.resourceType('text/plain');
    const [run, later] = [await data.run({ project }), await data.run({ project })];
    const made = await makeResult(run, type, 'made');
    const passedOn = await makeResult(run, type, 'passed on');
    const listed = await makeResult(run, type, 'listed');
    const reader = await data.runJob(run);
    await data.input(reader, 'in', { resource_uuid: passedOn });
    const list = await data.resourceList(project, type, [listed]);
    await data.input(reader, 'in', { resource_uuid: null, resource_list_uuid: list });
    await data.input(await data.runJob(later), 'in', { resource_uuid: made });
    await data.resource(project, type, { name: 'brought' });
    expect(await names(`?result_of_workflow_run=${run.uuid}`, 'mia', 'resources')).toEqual(['made']);
    expect(await names('?result_of_workflow_run=x', 'mia', 'resources')).toEqual([]);
    expect(await names('?uploaded=True', 'mia', 'resources')).toEqual(['brought']);
    expect(await names('?uploaded=False&ordering=name', 'mia', 'resources')).toEqual(['listed', 'made', 'passed on']);
    expect(await names('?uploaded=maybe', 'mia', 'resources')).toHaveLength(4);
  });

  async function makeResult(run: MadeRun, type: string, name: string): Promise<string> {
    const origin = await server.data.output(await server.data.runJob(run), 'out');
    return server.data.resource(project, type, { name, origin_uuid: origin });
  }
});

describe('Who sees what', () => {
  it('lists contain only what the user may view, also where a filter names it', async () => {
    for (const list of ['projects', 'workflows', 'workflowruns', 'runjobs', 'resources', 'inputs', 'connections']) {
      expect([list, (await page('', 'zoe', list)).count]).toEqual([list, 0]);
      expect([list, (await page('', 'mia', list)).count]).not.toEqual([list, 0]);
      expect([list, (await page('', 'sue', list)).count]).toEqual([list, (await page('', 'mia', list)).count]);
    }
    expect((await page(`?project=${project}`, 'zoe')).count).toBe(0);
  });

  it('what is installed is open to everybody', async () => {
    for (const list of ['jobs', 'inputporttypes', 'outputporttypes', 'resourcetypes']) {
      const { status, json } = await server.get(`/${list}/`, null);
      expect([list, status, json.count > 0]).toEqual([list, 200, true]);
      expect((await server.http.get(new URL(json.results[0].url).pathname)).status).toBe(200);
    }
  });

  it('workflow_job_uuid, resource_uuid and origin_resources are 32 digits without dashes, and filtered as such', async () => {
    const run = await server.data.run({ project });
    const element = digitsOf(NOWHERE);
    await server.data.runJob(run, { workflowJob: NOWHERE }, { rodan_resource_uuid: element });
    await server.data.runJob(run, { workflowJob: NOWHERE }, { rodan_resource_uuid: element });
    await server.data.runJob(run, { workflowJob: NOWHERE });
    const { results } = await page(`?uuid=${run.uuid}`, 'mia', 'workflowruns');
    expect(results[0].origin_resources.toSorted()).toEqual([element, null].toSorted());
    expect((await page(`?resource_uuid=${element}`, 'mia', 'runjobs')).results[0]).toMatchObject({
      workflow_job_uuid: element,
      resource_uuid: element,
    });
    expect((await page(`?workflow_job_uuid=${element}&workflow_run=${run.uuid}`, 'mia', 'runjobs')).count).toBe(3);
    expect((await page(`?workflow_job_uuid=${NOWHERE}`, 'mia', 'runjobs')).count).toBe(0);
    expect((await page(`?workflow_run=${run.uuid}&resource_uuid__isnull=true`, 'mia', 'runjobs')).count).toBe(1);
  });
});

describe('Nonsense in a query', () => {
  const LISTS = Object.values(COLLECTIONS);

  it.each(LISTS)('never gives an error on $name', async ({ name, filters }) => {
    const fields = Object.entries(filters as Collection['filters']);
    const names = fields.flatMap(([field, { lookups }]) => [field, ...lookups.map((lookup) => `${field}__${lookup}`)]);
    for (const value of [
      '%00',
      '%FF%FE',
      '%ED%A0%80',
      '%F0%9F%98%80',
      '1e400',
      '-1',
      '[]',
      '__proto__',
      `${'%2C'.repeat(99)}`,
    ]) {
      const query = [...names, 'ordering', 'page_size', '__proto__'].map((one) => `${one}=${value}`).join('&');
      const { status, text } = await server.get(`/${name}/?${query}`, 'sue');
      expect([value, text, status]).toEqual([value, text, 200]);
    }
    const { status } = await server.get(`/${name}/?${'a[]=1&'.repeat(2000)}`, 'sue');
    expect(status).toBe(200);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUILD, DevmasonServer, GENIE, JAFAR, linksOf, NOBODY, WAYS } from './rest-support.js';

/** Ids of the builds of a list. */
const idsOf = ({ json }: { json: any }): string[] =>
  json.builds.map(({ links }: { links: { href: string }[] }) => links[0]!.href.split('/').at(-1));

/** The members of a list that tell its page. */
const pageOf = ({ json }: { json: any }) => {
  const { count, num_pages, page, paginated, per_page } = json;
  return { count, num_pages, page, paginated, per_page };
};

describe.each(WAYS)('build lists $name', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
    await server.project('lamp-shop', GENIE, 'Lamp Shop');
    await server.project('carpet', NOBODY);
    await server.project('empty', NOBODY);
    // Instants, not texts, decide: the last but one ends first.
    const reports: [string, string, object][] = [
      ['middle', '2009-10-20T12:00:00+0000', GENIE],
      ['late', '2009-10-20T11:00:00-0500', JAFAR],
      ['early', '2009-10-20T13:00:00+0500', GENIE],
      ['same', '2009-10-20T14:00:00+0200', NOBODY],
      ['close', '2009-10-20T12:00:00.000001Z', NOBODY],
    ];
    for (const [id, finished, headers] of reports) {
      const client = { ...BUILD.client, user: id === 'same' ? 'genie' : 'http://x.example.org/' };
      await server.build('lamp-shop', { finished, tags: ['all', `t-${id}`], client }, headers, id);
    }
    await server.start('lamp-shop', { tags: ['all', 'open'] }, NOBODY, 'open-1');
    await server.start('lamp-shop', { tags: ['all', 'open'] }, NOBODY, 'open-2');
    await server.build('carpet', { finished: '2000-01-01T00:00:00' }, GENIE, 'elsewhere');
  });
  afterAll(() => server.close());

  const ORDER = ['open-2', 'open-1', 'late', 'close', 'same', 'middle', 'early'];

  it('have those in progress first, then the last finished first; ties the last reported first', async () => {
    expect(idsOf(await server.get('/lamp-shop/builds'))).toEqual(ORDER);
  });

  it('of a project have page, project and links', async () => {
    const reply = await server.get('/lamp-shop/builds');
    expect(reply.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(Object.keys(reply.json).sort()).toEqual(
      ['builds', 'count', 'links', 'num_pages', 'page', 'paginated', 'per_page', 'project'].sort(),
    );
    expect(pageOf(reply)).toEqual({ count: 7, num_pages: 1, page: 1, paginated: false, per_page: 25 });
    expect(reply.json.project).toEqual((await server.get('/lamp-shop')).json);
    const list = `${server.base}/lamp-shop/builds`;
    expect(linksOf(reply.json)).toEqual([
      `project ${server.base}/lamp-shop GET`,
      `latest-build ${list}/latest GET`,
      `self ${list}?per_page=25&page=1 GET`,
      `first ${list}?per_page=25&page=1 GET`,
      `last ${list}?per_page=25&page=1 GET`,
    ]);
  });

  it('hold builds as they are shown alone', async () => {
    const { builds } = (await server.get('/lamp-shop/builds?per_page=3')).json;
    expect(builds[2]).toEqual((await server.get('/lamp-shop/builds/late')).json);
  });

  it('are cut into pages; previous and next are there when there is one', async () => {
    const pages = await Promise.all(
      [1, 2, 3].map((page) => server.get(`/lamp-shop/builds?page=${page}&per_page=3&x=y`)),
    );
    expect(pages.flatMap(idsOf)).toEqual(ORDER);
    expect(pages.map(pageOf)).toEqual(
      [1, 2, 3].map((page) => ({ count: 7, num_pages: 3, page, paginated: true, per_page: 3 })),
    );
    const neighbours = pages.map(({ json }) =>
      linksOf(json)
        .filter((link) => /^(previous|next|last) /.test(link))
        .map((link) => link.replace(/ .*page=/, ' ')),
    );
    expect(neighbours).toEqual([
      ['last 3 GET', 'next 2 GET'],
      ['last 3 GET', 'previous 1 GET', 'next 3 GET'],
      ['last 3 GET', 'previous 2 GET'],
    ]);
  });

  it('show the first page for one that is wrong, and 25 for a size that is', async () => {
    for (const query of [
      'page=4&per_page=3',
      'page=0&per_page=3',
      'page=x&per_page=3',
      'page=99999999999999&per_page=3',
    ]) {
      const reply = await server.get(`/lamp-shop/builds?${query}`);
      expect(idsOf(reply)).toEqual(ORDER.slice(0, 3));
      expect(pageOf(reply).page).toBe(1);
      expect(linksOf(reply.json)).toContain(`self ${server.base}/lamp-shop/builds?per_page=3&page=1 GET`);
    }
    expect(pageOf(await server.get('/lamp-shop/builds?per_page=0')).per_page).toBe(25);
    expect(pageOf(await server.get('/lamp-shop/builds?per_page=5000')).per_page).toBe(1000);
  });

  it('without builds are 404, of unknown projects and users, too', async () => {
    await server.put('/users/idle', {}, { Authorization: `Basic ${btoa('idle:x')}` });
    for (const list of ['/empty/builds', '/none-such/builds', '/users/idle/builds', '/users/none-such/builds']) {
      for (const path of [list, `${list}/latest`]) {
        const { status, text } = await server.get(path);
        expect([path, status, text]).toEqual([path, 404, 'Not Found']);
      }
    }
    expect((await server.get('/empty/tags/all')).status).toBe(404);
  });

  it('of a user hold what they reported and what they are credited with', async () => {
    const reply = await server.get('/users/genie/builds');
    expect(idsOf(reply)).toEqual(['same', 'middle', 'early', 'elsewhere']);
    expect(Object.keys(reply.json)).toHaveLength(7);
    const list = `${server.base}/users/genie/builds`;
    expect(linksOf(reply.json)).toEqual([
      `user ${server.base}/users/genie GET`,
      `latest-build ${list}/latest GET`,
      `self ${list}?per_page=25&page=1 GET`,
      `first ${list}?per_page=25&page=1 GET`,
      `last ${list}?per_page=25&page=1 GET`,
    ]);
    expect(idsOf(await server.get('/users/genie/builds?per_page=3&page=2'))).toEqual(['elsewhere']);
    expect((await server.get('/users/genie/builds', GENIE)).json.links[0].allowed_methods).toEqual([
      'GET',
      'PUT',
      'DELETE',
    ]);
  });

  it('of tags hold the builds that have them all, and say which tags were understood', async () => {
    const reply = await server.get('/lamp-shop/tags/open,all;open');
    expect(idsOf(reply)).toEqual(['open-2', 'open-1']);
    expect(reply.json.tags).toEqual(['open', 'all']);
    expect(Object.keys(reply.json)).toHaveLength(8);
    const list = `${server.base}/lamp-shop/tags/${encodeURIComponent('open,all;open')}`;
    expect(linksOf(reply.json)).toEqual([
      `project ${server.base}/lamp-shop GET`,
      `tag ${server.base}/lamp-shop/tags/open GET`,
      `tag ${server.base}/lamp-shop/tags/all GET`,
      `latest-build ${server.base}/lamp-shop/builds/latest GET`,
      `self ${list}?per_page=25&page=1 GET`,
      `first ${list}?per_page=25&page=1 GET`,
      `last ${list}?per_page=25&page=1 GET`,
    ]);
    expect((await server.get('/lamp-shop/tags/all')).json.tags).toEqual(['all']);
  });

  it.each([
    ['all-t-late', ['late']],
    ['t-late-all', ['late']],
    ['all%20t-late', ['late']],
    ['t-late%2Call', ['late']],
    ['all', ORDER],
    ['open', ['open-2', 'open-1']],
  ])('of tags may be asked for as %s', async (text, ids) => {
    expect(idsOf(await server.get(`/lamp-shop/tags/${text}`))).toEqual(ids);
  });

  it.each(['nope', 'all,nope', 'all-nope', 'ALL', 't-%25', 't-____', 'open,t-late', '%20', ',', 'all%00'])(
    'of the tags %s are 404',
    async (text) => {
      expect((await server.get(`/lamp-shop/tags/${text}`)).status).toBe(404);
      expect((await server.get(`/lamp-shop/tags/${text}/latest`)).status).toBe(404);
    },
  );

  it('lead to their latest build: 302 without content', async () => {
    const latest = {
      // Reported last, in progress or not.
      '/lamp-shop/builds': 'lamp-shop/builds/open-2',
      '/carpet/builds': 'carpet/builds/elsewhere',
      '/users/genie/builds': 'carpet/builds/elsewhere',
      '/users/jafar/builds': 'lamp-shop/builds/late',
      // First of the list.
      '/lamp-shop/tags/all': 'lamp-shop/builds/open-2',
      '/lamp-shop/tags/t-same': 'lamp-shop/builds/same',
    };
    for (const [list, build] of Object.entries(latest)) {
      const { status, text, headers } = await server.get(`${list}/latest`);
      expect([list, status, text, headers.location]).toEqual([list, 302, '', `${server.base}/${build}`]);
    }
  });
});

describe.each(WAYS)('tags $name', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
    await server.project('shop', GENIE);
    await server.project('empty');
  });
  afterAll(() => server.close());

  it('are listed by code point, with a link each', async () => {
    await server.build(
      'shop',
      { tags: ['b', 'B', 'é', 'latest', 'feature/x', 'two words', '🪔', '\uffee'] },
      NOBODY,
      'old',
    );
    const { status, json } = await server.get('/shop/tags');
    expect(status).toBe(200);
    const tags = ['B', 'b', 'feature/x', 'latest', 'two words', 'é', '\uffee', '🪔'];
    expect(json).toEqual({
      tags,
      links: [
        { rel: 'self', href: `${server.base}/shop/tags`, allowed_methods: ['GET'] },
        { rel: 'project', href: `${server.base}/shop`, allowed_methods: ['GET'] },
        ...tags.map((tag) => ({
          rel: 'tag',
          href: `${server.base}/shop/tags/${encodeURIComponent(tag)}`,
          allowed_methods: ['GET'],
        })),
      ],
    });
    expect((await server.get('/shop/builds/old')).json.tags).toEqual(tags);
    for (const { href } of json.links.slice(2)) {
      expect((await server.get(href.slice(server.base.length))).json.builds).toHaveLength(1);
    }
  });

  it('of a project without builds are an empty list, of no project 404', async () => {
    expect((await server.get('/empty/tags')).json.tags).toEqual([]);
    expect((await server.get('/none-such/tags')).status).toBe(404);
  });

  it('called latest are tags like others', async () => {
    await server.build('shop', { tags: ['latest'], finished: '2001-01-01T00:00:00' }, NOBODY, 'tagged');
    expect((await server.get('/shop/tags/latest')).json.count).toBe(2);
    expect((await server.get('/shop/tags/latest/latest')).headers.location).toBe(`${server.base}/shop/builds/old`);
  });

  it('vanish with the last build that has them', async () => {
    await server.build('shop', { tags: ['rare'] }, GENIE, 'rare');
    expect((await server.get('/shop/tags')).json.tags).toContain('rare');
    await server.delete('/shop/builds/rare', GENIE);
    expect((await server.get('/shop/tags')).json.tags).not.toContain('rare');
  });

  it('are asked for up to 90 at once; more are 400', async () => {
    await server.build('shop', { tags: Array.from({ length: 91 }, (_, index) => `n${index}`) }, NOBODY, 'many');
    const { tags } = (await server.get('/shop/builds/many')).json;
    expect((await server.get(`/shop/tags/${tags.slice(1).join(',')}`)).json.count).toBe(1);
    const { status, text } = await server.get(`/shop/tags/${tags.join(',')}`);
    expect([status, text]).toEqual([400, 'Bad Request']);
  });
});

describe.each(WAYS)('the project list $name', (way) => {
  let server: DevmasonServer;

  beforeAll(async () => {
    server = await DevmasonServer.start({}, way);
  });
  afterAll(() => server.close());

  it('is empty at first', async () => {
    const links = [{ rel: 'self', href: `${server.base}/`, allowed_methods: ['GET'] }];
    expect((await server.get('/')).json).toEqual({ projects: [], latest_builds: [], builds: {}, links });
    expect((await server.get('/', GENIE)).json.links).toEqual(links);
  });

  it('has every project by name and slug, the ten builds reported last, and the latest build of each name', async () => {
    await server.project('z', NOBODY, 'Alpha');
    await server.project('b', GENIE, 'same');
    await server.project('a', NOBODY, 'same');
    await server.project('n', NOBODY, '__proto__');
    await server.project('none', NOBODY, 'without');
    const reported: string[] = [];
    const build = async (slug: string) => reported.unshift(`${slug}/builds/${await server.build(slug)}`);
    for (let count = 0; count < 7; count += 1) await build('z');
    for (const slug of ['n', 'a', 'b']) await build(slug);
    const open = await server.start('z', {}, GENIE);
    const { json, headers } = await server.get('/', GENIE);
    expect(json.projects.map(({ name }: { name: string }) => name)).toEqual([
      'Alpha',
      '__proto__',
      'same',
      'same',
      'without',
    ]);
    expect(json.projects.slice(2, 4)).toEqual([
      (await server.get('/a', GENIE)).json,
      (await server.get('/b', GENIE)).json,
    ]);
    const self = ({ links }: { links: { href: string }[] }) => links[0]!.href;
    const latest = [`z/builds/${open}`, ...reported].slice(0, 10).map((path) => `${server.base}/${path}`);
    expect(json.latest_builds.map(self)).toEqual(latest);
    expect(json.latest_builds[0]).toEqual((await server.get(`/z/builds/${open}`, GENIE)).json);
    const byName = Object.entries(json.builds as Record<string, any>).map(([name, shown]) => [name, self(shown)]);
    expect(Object.fromEntries(byName)).toEqual(
      Object.fromEntries([
        ['Alpha', `${server.base}/z/builds/${open}`],
        ['same', `${server.base}/${reported[0]}`],
        ['__proto__', `${server.base}/${reported[2]}`],
      ]),
    );
    expect(headers['content-length']).toBeDefined();
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../../support/http.js';
import { startTestServer } from '../../support/server.js';
import { FRESHMAKER_IMPORT } from './fixture.js';

let server: Awaited<ReturnType<typeof startTestServer>>;
let http: HttpClient;

beforeAll(async () => {
  server = await startTestServer({ import: { freshmaker: FRESHMAKER_IMPORT } });
  http = new HttpClient(server.url);
});

afterAll(() => server.close());

const HOST = 'freshmaker.localhost';
const get = (path: string) => http.get(path, { host: HOST });
const ids = (reply: { json: { items: { id: number }[] } }) => reply.json.items.map(({ id }) => id);

/** Ids of a page large enough for everything. */
async function all(path: string): Promise<number[]> {
  const reply = await get(`${path}${path.includes('?') ? '&' : '?'}per_page=100`);
  expect(reply.status).toBe(200);
  return ids(reply);
}

const down = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, index) => from - index);
const badRequest = (message: string) => ({ status: 400, error: 'Bad Request', message });

describe('pages of events', () => {
  it('are ten long, newest first, with all eight keys of meta', async () => {
    const reply = await get('/api/1/events/');
    expect(ids(reply)).toEqual(down(17, 8));
    expect(Object.keys(reply.json)).toEqual(['items', 'meta']);
    expect(reply.json.meta).toEqual({
      first: 'http://freshmaker.localhost/api/1/events/?per_page=10&page=1',
      last: 'http://freshmaker.localhost/api/1/events/?per_page=10&page=2',
      next: 'http://freshmaker.localhost/api/1/events/?per_page=10&page=2',
      page: 1,
      pages: 2,
      per_page: 10,
      prev: null,
      total: 17,
    });
  });

  it('show the items of the single URIs, in the form of the version', async () => {
    const first = await get('/api/1/events/?per_page=100');
    const second = await get('/api/2/events/?per_page=100');
    for (const [index, id] of down(17, 1).entries()) {
      expect(first.json.items[index]).toEqual((await get(`/api/1/events/${id}`)).json);
      expect(second.json.items[index]).toEqual((await get(`/api/2/events/${id}`)).json);
    }
  });

  it('show the other form where exactly True or False asks for it', async () => {
    const full = await get('/api/2/events/?show_full_json=True&state=1');
    expect(full.json.items[0]).toHaveProperty('builds');
    expect(full.json.meta.first).toBe(
      'http://freshmaker.localhost/api/2/events/?per_page=10&page=1&show_full_json=True&state=1',
    );
    expect((await get('/api/1/events/?show_full_json=False')).json.items[0]).toHaveProperty('builds_summary');
    expect((await get('/api/1/events/?show_full_json=true')).json.items[0]).toHaveProperty('builds');
  });

  it('can be walked by meta.next until it is null', async () => {
    const seen: number[] = [];
    let next: string | null = '/api/1/events/?per_page=4';
    while (next !== null) {
      const reply: Awaited<ReturnType<typeof get>> = await get(next.replace('http://freshmaker.localhost', ''));
      seen.push(...ids(reply));
      next = reply.json.meta.next;
    }
    expect(seen).toEqual(down(17, 1));
  });

  it('can be walked by number until one is empty', async () => {
    const seen: number[] = [];
    for (let page = 1; ; page += 1) {
      const items = ids(await get(`/api/2/events/?per_page=5&page=${page}`));
      if (items.length === 0) break;
      seen.push(...items);
    }
    expect(seen).toEqual(down(17, 1));
  });

  it.each([
    ['page=2', 2, 10, down(7, 1)],
    ['page=0', 1, 10, down(17, 8)],
    ['page=-5', 1, 10, down(17, 8)],
    ['page=abc&per_page=x', 1, 10, down(17, 8)],
    ['page=&per_page=', 1, 10, down(17, 8)],
    ['page=1.5&per_page=2e0', 1, 10, down(17, 8)],
    ['per_page=0x2', 1, 10, down(17, 8)],
    ['page=%202%20&per_page=%2B3', 2, 3, down(14, 12)],
    ['page=2&page=1&per_page=3&per_page=4', 2, 3, down(14, 12)],
    ['per_page=-1', 1, 20, down(17, 1)],
    ['per_page=1000', 1, 1000, down(17, 1)],
    ['page=3', 3, 10, []],
  ])('read %s', async (query, page, perPage, items) => {
    const reply = await get(`/api/1/events/?${query}`);
    expect(reply.status).toBe(200);
    expect(reply.json.meta).toMatchObject({ page, per_page: perPage, total: 17 });
    expect(ids(reply)).toEqual(items);
  });

  it('of size 0 have no items, no pages and the true total', async () => {
    const reply = await get('/api/1/events/?per_page=0');
    expect(reply.json).toEqual({
      items: [],
      meta: {
        first: 'http://freshmaker.localhost/api/1/events/?per_page=0&page=1',
        last: 'http://freshmaker.localhost/api/1/events/?per_page=0&page=0',
        next: null,
        page: 1,
        pages: 0,
        per_page: 0,
        prev: null,
        total: 17,
      },
    });
  });

  it('after the end are empty and link back by one', async () => {
    const reply = await get('/api/1/events/?page=9');
    expect(reply.status).toBe(200);
    expect(reply.json.items).toEqual([]);
    expect(reply.json.meta).toMatchObject({
      page: 9,
      pages: 2,
      next: null,
      prev: 'http://freshmaker.localhost/api/1/events/?per_page=10&page=8',
    });
  });

  it('of an empty result link to page 0', async () => {
    const reply = await get('/api/1/events/?search_key=none');
    expect(reply.json).toEqual({
      items: [],
      meta: {
        first: 'http://freshmaker.localhost/api/1/events/?per_page=10&page=1&search_key=none',
        last: 'http://freshmaker.localhost/api/1/events/?per_page=10&page=0&search_key=none',
        next: null,
        page: 1,
        pages: 0,
        per_page: 10,
        prev: null,
        total: 0,
      },
    });
  });

  it('may have numbers beyond 32 and 64 bits', async () => {
    for (const number of ['2147483648', '9007199254740993', '9223372036854775808', '1' + '0'.repeat(40)]) {
      const page = await get(`/api/1/events/?page=${number}`);
      expect(page.status).toBe(200);
      expect(page.json.items).toEqual([]);
      expect(page.text).toContain(`"page":${number},`);
      expect(page.json.meta).toMatchObject({ next: null, pages: 2, total: 17 });
      const size = await get(`/api/1/events/?per_page=${number}`);
      expect(size.status).toBe(200);
      expect(ids(size)).toEqual(down(17, 1));
      expect(size.text).toContain(`"per_page":${number},`);
      expect((await get(`/api/1/events/?page=${number}&per_page=${number}`)).json.items).toEqual([]);
      expect((await get(`/api/1/events/?page=-${number}&per_page=-${number}`)).json.meta).toMatchObject({
        page: 1,
        per_page: 20,
      });
    }
  });

  it('link in the way the request came', async () => {
    const prefix = await http.get('/freshmaker/api/2/builds/?per_page=2');
    expect(prefix.json.meta.next).toBe(`${server.url}/freshmaker/api/2/builds/?per_page=2&page=2`);
    const host = await http.get('/api/2/builds/?per_page=2', { host: 'Freshmaker.localhost:8080' });
    expect(host.json.meta.next).toBe('http://Freshmaker.localhost:8080/api/2/builds/?per_page=2&page=2');
  });

  it('keep every other parameter in the links, in order, repeated and encoded', async () => {
    const query = 'state=1&page=1&state=BUILDING&x=a%20b%2F%C3%BC&_private=1&per_page=1&endpoint=e&order_by=-id&y';
    const { json } = await get(`/api/2/events/?${query}`);
    expect(json.meta.next).toBe(
      'http://freshmaker.localhost/api/2/events/?per_page=1&page=2&state=1&state=BUILDING&x=a+b%2F%C3%BC&order_by=-id&y=',
    );
  });
});

describe('filters of events', () => {
  it.each([
    ['message_id=future-7', [7]],
    ['message_id=future-7&message_id=old-3&message_id=none', [7, 3]],
    ['message_id=ID:%C3%BC+%22quoted%22+%26+more', [13]],
    ['message_id=FUTURE-7', []],
    ['message_id=future-%25', []],
    ['message_id=future_7', []],
    ['search_key=41004', [12, 4]],
    ['search_key=rpms/web/master/?%23', []],
    ['search_key=rpms/web/master/?%234f1c&search_key=x', [11, 7]],
    ['search_key=', []],
    ['search_key=%00', []],
    ['search_key=41004%00&search_key=x', [7]],
    ['event_type_id=14&event_type_id=99', [7, 5]],
    ['event_type_id=%20%2B14', [5]],
    ['event_type_id=abc', []],
    ['event_type_id=', []],
    ['event_type_id=99999999999999999999', []],
    ['state=0', [12, 9, 5]],
    ['state=2', [15, 14, 13, 8, 7, 1]],
    ['state=complete', [15, 14, 13, 8, 7, 1]],
    ['state=3&state=Canceled', [6, 2]],
    ['state=04', [11, 3]],
    ['state=6', []],
    ['state=99999999999999999999', []],
    ['requester=jdoe', [16, 14, 6, 4]],
    ['requester=mia&requester=anna', [17, 12, 9, 8, 5]],
    ['requester=', []],
    ['requester=jdoe&state=1', [16, 4]],
    ['requester=jdoe&search_key=x', []],
    ['name=x&id=1&dry_run=true', down(17, 1)],
    ['state[]=1&search_key[x]=1&__proto__=1&constructor=2', down(17, 1)],
    ['search_key[]=41004&search_key=x', [7]],
    ['x=%zz&%FF=%FE&=&&', down(17, 1)],
    ["search_key='+OR+1=1--", []],
  ])('%s', async (query, expected) => {
    expect(await all(`/api/2/events/?${query}`)).toEqual(expected);
  });

  it('take more than twenty values', async () => {
    const values = Array.from({ length: 150 }, (_, index) => `search_key=none-${index}`);
    expect(await all(`/api/2/events/?${values.join('&')}&search_key=x`)).toEqual([7]);
  });

  it.each([
    ['bogus', 'bogus'],
    ['', ''],
    ['-1', '-1'],
    ['2,3', '2,3'],
    ['%202', ' 2'],
    ['DONE', 'DONE'],
    ['1.0', '1.0'],
    ['%3Cscript%3E', '<script>'],
  ])('refuse the state "%s" and name it', async (sent, shown) => {
    for (const query of [`state=${sent}`, `state=1&state=${sent}&order_by=bad`]) {
      const reply = await get(`/api/1/events/?${query}`);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest(`Invalid state was supplied: ${shown}`));
    }
  });
});

describe('order of events', () => {
  it.each([
    ['id', down(17, 1).reverse()],
    ['-id', down(17, 1)],
    ['message_id', [1, 2, 10, 13, 5, 15, 7, 11, 12, 14, 4, 16, 17, 6, 8, 9, 3]],
    ['-message_id', [3, 9, 8, 6, 17, 16, 4, 14, 12, 11, 7, 15, 5, 13, 10, 2, 1]],
  ])('by %s', async (key, expected) => {
    expect(await all(`/api/2/events/?order_by=${key}`)).toEqual(expected);
  });

  it.each(['', '-', '--id', '%2Bid', '+id', 'ID', 'id,message_id', 'state', '__proto__'])(
    'refuses the key "%s"',
    async (key) => {
      const reply = await get(`/api/1/events/?order_by=${key}&order_by=id`);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(
        badRequest("An invalid order_by key was suplied, allowed keys are: ['id', 'message_id']"),
      );
    },
  );
});

const ALL_BUILDS = down(27, 11);

describe('filters of builds', () => {
  it.each([
    ['name=web-container', [21, 16, 12]],
    ['name=web-container&name=lib', [21, 16, 12]],
    ['name=', ALL_BUILDS],
    ['name=&name=lib', ALL_BUILDS],
    ['name=Web-container', []],
    ['name=%00', []],
    ['type=0', [19]],
    ['type=image_repository', [20]],
    ['type=', ALL_BUILDS],
    ['state=0', [25, 16]],
    ['state=Planned', [24, 23, 18, 17]],
    ['state=&state=x', ALL_BUILDS],
    ['event_id=16', [26, 25, 24, 23]],
    ['event_id=016', [26, 25, 24, 23]],
    ['event_id=-16', []],
    ['event_id=abc', []],
    ['event_id=99999999999999999999', []],
    ['event_id=', ALL_BUILDS],
    ['dep_on_id=25', [27, 26]],
    ['dep_on_id=1.5', []],
    ['build_id=-1', [22]],
    ['build_id=7016', [16]],
    ['build_id=%207016%20', [16]],
    ['build_id=99999999999999999999', []],
    ['original_nvr=web-container-1.0-7', [21, 16, 12]],
    ['rebuilt_nvr=rebuilt-21', [21]],
    ['event_type_id=8', [14, 13]],
    ['event_type_id=x', []],
    ['event_search_key=41004', [20, 19, 18, 17, 16, 15]],
    ['event_search_key=', ALL_BUILDS],
    ['event_search_key=41004&state=failed', [19]],
    ['event_id=4&event_search_key=41016', []],
    ['requester=jdoe&search_key=1&id=5&state[]=0', ALL_BUILDS],
  ])('%s', async (query, expected) => {
    expect(await all(`/api/1/builds/?${query}`)).toEqual(expected);
  });

  it('give whole builds and links of the version asked for', async () => {
    const { json } = await get('/api/2/builds/?name=lib');
    expect(json.items).toEqual([(await get('/api/1/builds/19')).json]);
    expect(json.meta.first).toBe('http://freshmaker.localhost/api/2/builds/?per_page=10&page=1&name=lib');
  });

  it('refuse unknown types and states, by number too', async () => {
    for (const type of ['4', 'bogus', '-1', '%201', '1.0']) {
      const reply = await get(`/api/1/builds/?type=${type}&order_by=bad`);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest('An invalid artifact type was supplied'));
    }
    for (const state of ['5', 'COMPLETE', '-1', '%201', '99999999999999999999']) {
      const reply = await get(`/api/2/builds/?state=${state}&order_by=bad`);
      expect(reply.status).toBe(400);
      expect(reply.json).toEqual(badRequest('An invalid state was supplied'));
    }
  });
});

describe('order of builds', () => {
  it.each([
    ['id', ALL_BUILDS.toReversed()],
    ['-id', ALL_BUILDS],
    ['event_id', [12, 11, 14, 13, 20, 19, 18, 17, 16, 15, 21, 22, 26, 25, 24, 23, 27]],
    ['-event_id', [27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11]],
    ['name', [17, 13, 14, 15, 11, 27, 26, 20, 19, 23, 25, 18, 24, 22, 21, 16, 12]],
    ['dep_on_id', [12, 14, 16, 17, 24, 27, 26, 25, 23, 22, 21, 20, 19, 18, 15, 13, 11]],
    ['-dep_on_id', [25, 23, 22, 21, 20, 19, 18, 15, 13, 11, 27, 26, 24, 17, 16, 14, 12]],
    ['build_id', [22, 11, 12, 13, 15, 16, 19, 21, 25, 26, 27, 24, 23, 20, 18, 17, 14]],
    ['-build_id', [27, 24, 23, 20, 18, 17, 14, 26, 25, 21, 19, 16, 15, 13, 12, 11, 22]],
    ['rebuilt_nvr', [11, 12, 15, 21, 22, 26, 16, 27, 25, 24, 23, 20, 19, 18, 17, 14, 13]],
    ['-original_nvr', [14, 21, 16, 12, 22, 24, 18, 25, 23, 19, 20, 26, 27, 15, 11, 13, 17]],
  ])('by %s: nulls are the largest, ties go by id descending', async (key, expected) => {
    expect(await all(`/api/1/builds/?order_by=${key}`)).toEqual(expected);
    const paged: number[] = [];
    for (let page = 1; page <= 6; page += 1)
      paged.push(...ids(await get(`/api/1/builds/?order_by=${key}&per_page=3&page=${page}`)));
    expect(paged).toEqual(expected);
  });

  it.each(['', '-', 'dep_on', 'time_submitted', '--id', 'Name'])('refuses the key "%s"', async (key) => {
    const reply = await get(`/api/1/builds/?order_by=${key}`);
    expect(reply.status).toBe(400);
    expect(reply.json).toEqual(
      badRequest(
        "An invalid order_by key was suplied, allowed keys are: ['id', 'name', 'event_id', 'dep_on_id', 'build_id', 'original_nvr', 'rebuilt_nvr']",
      ),
    );
  });
});

describe('a page longer than one read', () => {
  it('is answered whole, in order and without doubles', async () => {
    const rows = Array.from({ length: 1203 }, (_, index) => ({
      id: index + 1,
      event_id: 1,
      name: `image-${index % 7}`,
      type: 1,
      state: 4,
      time_submitted: '2019-08-01T06:30:46Z',
    }));
    const event = { id: 1, message_id: 'm', search_key: '1', event_type_id: 10, state: 1 };
    const large = await startTestServer({ import: { freshmaker: { events: [event], builds: rows } } });
    try {
      const client = new HttpClient(large.url);
      const list = async (query: string) => (await client.get(`/freshmaker/api/1/builds/?${query}`)).json;
      const { items, meta } = await list('per_page=5000');
      expect(items.map(({ id }: { id: number }) => id)).toEqual(down(1203, 1));
      expect(meta).toMatchObject({ total: 1203, pages: 1, per_page: 5000 });
      const second = await list('per_page=601&page=2&order_by=name');
      const named = await list('per_page=5000&order_by=name');
      expect(second.items).toEqual(named.items.slice(601, 1202));
      expect(new Set(named.items.map(({ id }: { id: number }) => id)).size).toBe(1203);
    } finally {
      await large.close();
    }
  });
});

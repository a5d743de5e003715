import { describe, expect, it } from 'vitest';
import { BuildgateError } from '../../../src/core/errors.js';
import { RawQuery } from '../../../src/server/raw-query.js';
import { buildSelection, eventSelection } from '../../../src/systems/freshmaker/rest/list-query.js';
import { metaOf, pageOf } from '../../../src/systems/freshmaker/rest/paging.js';

const events = (query: string) => eventSelection(new RawQuery(query));
const builds = (query: string) => buildSelection(new RawQuery(query));

/** The message of the refusal; fails when nothing is refused. */
function refusal(select: () => unknown): string {
  try {
    select();
  } catch (error) {
    if (error instanceof BuildgateError && error.code === 'INVALID') return error.message;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('filters of events', () => {
  const filterOf = (query: string) => {
    const { system, ...filter } = events(query).filter;
    expect(system).toEqual({ eq: 'FRESHMAKER' });
    return filter;
  };

  it.each([
    ['', {}],
    ['message_id=a&message_id=b', { freshmaker: { messageId: { in: ['a', 'b'] } } }],
    ['search_key=', { freshmaker: { searchKey: { in: [''] } } }],
    ['search_key=a%00b&search_key=c', { freshmaker: { searchKey: { in: ['c'] } } }],
    [
      'event_type_id=13&event_type_id=x&event_type_id=%2B8&event_type_id=%20-1%20',
      { freshmaker: { eventTypeId: { in: [13, 8, -1] } } },
    ],
    ['event_type_id=1.5', { freshmaker: { eventTypeId: { in: [] } } }],
    ['event_type_id=99999999999999999999', { freshmaker: { eventTypeId: { in: [] } } }],
    [
      'state=0&state=building&state=2&state=Failed&state=4&state=CANCELED',
      { state: { in: ['QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED', 'SKIPPED', 'CANCELED'] } },
    ],
    ['state=6', { state: { in: [] } }],
    ['state=99999999999999999999&state=002', { state: { in: ['SUCCEEDED'] } }],
    ['requester=jdoe&search_key=1', { requester: { in: ['jdoe'] }, freshmaker: { searchKey: { in: ['1'] } } }],
    ['name=x&state[]=1&search_key[x]=1&id=1&__proto__=x', {}],
  ])('translate %s', (query, filter) => {
    expect(filterOf(query)).toEqual(filter);
  });

  it.each(['', '-1', '2,3', ' 2', '2 ', 'DONE', '1.0', '__proto__'])('refuse the state "%s"', (state) => {
    expect(refusal(() => events(`state=1&state=${encodeURIComponent(state)}`))).toBe(
      `Invalid state was supplied: ${state}`,
    );
  });
});

describe('filters of builds', () => {
  const filterOf = (query: string) => {
    const { system, ...filter } = builds(query).filter;
    expect(system).toEqual({ eq: 'FRESHMAKER' });
    return filter;
  };
  const nothing = { in: [] };

  it.each([
    ['', {}],
    ['name=a&name=b', { name: { eq: 'a' } }],
    ['name=&type=&state=&event_id=&event_type_id=', {}],
    ['name=%00', { name: nothing }],
    ['type=1', { freshmaker: { type: { eq: 'IMAGE' } } }],
    ['type=image_repository', { freshmaker: { type: { eq: 'IMAGE_REPOSITORY' } } }],
    ['state=1', { state: { eq: 'SUCCEEDED' } }],
    ['state=planned', { state: { eq: 'PLANNED' } }],
    ['event_id=0214', { event: { legacyId: { eq: '214' } } }],
    ['event_id=x', { event: { legacyId: nothing } }],
    ['dep_on_id=-5', { freshmaker: { dependsOn: { legacyId: { eq: '-5' } } } }],
    ['build_id=-3', { freshmaker: { externalBuildId: { eq: -3 } } }],
    ['build_id=1e3', { freshmaker: { externalBuildId: nothing } }],
    ['original_nvr=a&rebuilt_nvr=b', { freshmaker: { originalNvr: { eq: 'a' }, rebuiltNvr: { eq: 'b' } } }],
    [
      'event_id=7&event_type_id=13&event_search_key=x',
      { event: { legacyId: { eq: '7' }, freshmaker: { eventTypeId: { eq: 13 }, searchKey: { eq: 'x' } } } },
    ],
    ['requester=jdoe&search_key=1&id=5', {}],
  ])('translate %s', (query, filter) => {
    expect(filterOf(query)).toEqual(filter);
  });

  it('refuse an unknown type or state, by number too', () => {
    for (const type of ['4', 'x', '-1', ' 1']) {
      expect(refusal(() => builds(`type=${type}`))).toBe('An invalid artifact type was supplied');
    }
    for (const state of ['5', 'COMPLETE', '-1', '99999999999999999999']) {
      expect(refusal(() => builds(`state=${state}`))).toBe('An invalid state was supplied');
    }
  });
});

describe('order_by', () => {
  const last = { field: 'LEGACY_ID', direction: 'DESC' };

  it.each([
    ['', [last]],
    ['order_by=id&order_by=bad', [{ field: 'LEGACY_ID', direction: 'ASC' }]],
    ['order_by=message_id', [{ field: 'FRESHMAKER_MESSAGE_ID', direction: 'ASC' }, last]],
    ['order_by=-message_id', [{ field: 'FRESHMAKER_MESSAGE_ID', direction: 'DESC' }, last]],
  ])('of events: "%s"', (query, orderBy) => {
    expect(events(query).orderBy).toEqual(orderBy);
  });

  it.each([
    ['name', 'NAME'],
    ['event_id', 'EVENT'],
    ['dep_on_id', 'FRESHMAKER_DEPENDS_ON'],
    ['build_id', 'FRESHMAKER_EXTERNAL_BUILD_ID'],
    ['original_nvr', 'FRESHMAKER_ORIGINAL_NVR'],
    ['rebuilt_nvr', 'FRESHMAKER_REBUILT_NVR'],
  ])('of builds: %s', (key, field) => {
    expect(builds(`order_by=${key}`).orderBy).toEqual([{ field, direction: 'ASC' }, last]);
    expect(builds(`order_by=-${key}`).orderBy).toEqual([{ field, direction: 'DESC' }, last]);
  });

  it.each(['', '-', '--id', '%2Bid', 'ID', 'id,name', 'state', 'constructor'])('refuses "%s"', (key) => {
    expect(refusal(() => events(`order_by=${key}`))).toBe(
      "An invalid order_by key was suplied, allowed keys are: ['id', 'message_id']",
    );
    expect(refusal(() => builds(`order_by=${key}`))).toBe(
      "An invalid order_by key was suplied, allowed keys are: ['id', 'name', 'event_id', 'dep_on_id', 'build_id', 'original_nvr', 'rebuilt_nvr']",
    );
  });

  it('is checked after state and type', () => {
    expect(refusal(() => events('order_by=x&state=x'))).toBe('Invalid state was supplied: x');
    expect(refusal(() => builds('order_by=x&state=x'))).toBe('An invalid state was supplied');
  });
});

describe('pages', () => {
  it.each([
    ['', 1n, 10n],
    ['page=2&page=3&per_page=50&per_page=7', 2n, 50n],
    ['page=0&per_page=0', 1n, 0n],
    ['page=-3&per_page=-1', 1n, 20n],
    ['page=%2B4&per_page=%205%20', 4n, 5n],
    ['page=abc&per_page=', 1n, 10n],
    ['page=1.5&per_page=2e0', 1n, 10n],
    ['page=0x2&per_page=1_0', 1n, 10n],
    ['page=99999999999999999999999&per_page=18446744073709551616', 99999999999999999999999n, 18446744073709551616n],
  ])('are read from "%s"', (query, page, perPage) => {
    expect(pageOf(new RawQuery(query))).toEqual({ page, perPage });
  });

  const meta = (text: string, total: number) => {
    const query = new RawQuery(text);
    return metaOf(pageOf(query), total, 'http://h/api/1/events/', query);
  };

  it('link first, last, next and prev, per_page before page', () => {
    expect(meta('page=2', 25)).toEqual({
      first: 'http://h/api/1/events/?per_page=10&page=1',
      last: 'http://h/api/1/events/?per_page=10&page=3',
      next: 'http://h/api/1/events/?per_page=10&page=3',
      prev: 'http://h/api/1/events/?per_page=10&page=1',
      page: 2,
      pages: 3,
      per_page: 10,
      total: 25,
    });
  });

  it('have a last page 0 when nothing matches or nothing is asked for', () => {
    const empty = { last: 'http://h/api/1/events/?per_page=10&page=0', next: null, prev: null, pages: 0, total: 0 };
    expect(meta('', 0)).toMatchObject(empty);
    expect(meta('per_page=0', 5)).toMatchObject({ pages: 0, total: 5, per_page: 0, next: null });
  });

  it('link back by one from behind the end, also from a number beyond 64 bits', () => {
    expect(meta('page=9', 65)).toMatchObject({ next: null, prev: 'http://h/api/1/events/?per_page=10&page=8' });
    expect(meta('page=100000000000000000000', 65)).toMatchObject({
      page: 100000000000000000000n,
      prev: 'http://h/api/1/events/?per_page=10&page=99999999999999999999',
    });
    expect(meta('per_page=100000000000000000000', 65)).toMatchObject({ pages: 1, next: null });
  });

  it('keep every other parameter in order, repeated and encoded, but not their own and those with an underscore', () => {
    const query = 'state=1&page=1&x=%C3%BC+/&per_page=5&state=2&_x=1&endpoint=e&empty&__proto__=1';
    expect(meta(query, 6)['next']).toBe('http://h/api/1/events/?per_page=5&page=2&state=1&x=%C3%BC+%2F&state=2&empty=');
  });
});

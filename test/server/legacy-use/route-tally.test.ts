import { beforeEach, describe, expect, it } from 'vitest';
import { OTHER_AGENTS } from '../../../src/core/usage/route-use.js';
import { MOST_AGENTS, RouteTally } from '../../../src/server/legacy-use/route-tally.js';

const DAY_US = 86_400_000_000;
const LIST = { system: 'rodan', prefix: '/rodan', route: '/projects/', notices: [] };
const NONE = { ...LIST, route: 'none' };

/** Microseconds since 1970. */
let now: number;
let tally: RouteTally;
beforeEach(() => {
  now = 20_000 * DAY_US;
  tally = new RouteTally(() => now);
});

const uses = () => tally.pending().map(({ use }) => use);
const agents = () => uses().map(({ userAgent, requests }) => [userAgent, requests]);

describe('The tally of routes', () => {
  it('counts requests and errors of a client on a day, with the first and last time', () => {
    tally.count(LIST, 'GET', 'curl/8', 200);
    now += 5;
    tally.count(LIST, 'GET', 'curl/8', 404);
    tally.count(LIST, 'GET', 'curl/8', 503);
    now += 5;
    tally.count(LIST, 'GET', 'curl/8', null);
    expect(uses()).toEqual([
      {
        day: 20_000,
        system: 4,
        route: '/projects/',
        method: 'GET',
        userAgent: 'curl/8',
        requests: 4,
        clientErrors: 1,
        serverErrors: 1,
        firstAt: 20_000 * DAY_US,
        lastAt: 20_000 * DAY_US + 10,
      },
    ]);
  });

  it('tells methods, routes and clients apart; methods of no standard are one', () => {
    for (const method of ['GET', 'POST', 'PURGE', 'BREW']) tally.count(LIST, method, 'a', 200);
    tally.count(NONE, 'GET', 'a', 404);
    tally.count(LIST, 'GET', undefined, 200);
    expect(uses().map(({ route, method, userAgent, requests }) => [route, method, userAgent, requests])).toEqual([
      ['/projects/', 'GET', 'a', 1],
      ['/projects/', 'GET', '', 1],
      ['/projects/', 'POST', 'a', 1],
      ['/projects/', 'other', 'a', 2],
      ['none', 'GET', 'a', 1],
    ]);
  });

  it('keeps of a name no control characters, no blanks at its ends, and 200 characters', () => {
    tally.count(LIST, 'GET', ' two\twords\u0085 ', 200);
    tally.count(LIST, 'GET', 'twowords', 200);
    tally.count(LIST, 'GET', `${'x'.repeat(199)} and more`, 200);
    tally.count(LIST, 'GET', 'x'.repeat(199), 200);
    expect(agents()).toEqual([
      ['twowords', 2],
      ['x'.repeat(199), 2],
    ]);
  });

  it('adds up the clients of a day and route beyond the first hundred, for each route by itself', () => {
    for (let number = 0; number < MOST_AGENTS + 50; number++) tally.count(LIST, 'GET', `bot ${number}`, 200);
    tally.count(LIST, 'GET', 'bot 7', 200);
    tally.count(NONE, 'GET', 'late', 404);
    const counted = agents();
    expect(counted).toHaveLength(MOST_AGENTS + 2);
    expect(counted).toContainEqual(['bot 7', 2]);
    expect(counted).toContainEqual([OTHER_AGENTS, 50]);
    expect(counted).toContainEqual(['late', 1]);
  });

  it('begins anew with each day in UTC, and keeps what is not written of the one before', () => {
    now += DAY_US - 1;
    tally.count(LIST, 'GET', 'a', 200);
    now += 1;
    tally.count(LIST, 'GET', 'a', 200);
    tally.count(LIST, 'GET', 'a', 200);
    expect(uses().map(({ day, requests }) => [day, requests])).toEqual([
      [20_000, 1],
      [20_001, 2],
    ]);
    tally.written(tally.pending());
    expect(uses()).toEqual([]);
  });

  it('has pending what was counted while something was written, and all of it when nothing was', () => {
    tally.count(LIST, 'GET', 'a', 500);
    const batch = tally.pending();
    tally.count(LIST, 'GET', 'a', 200);
    expect(uses()).toMatchObject([{ requests: 2, serverErrors: 1 }]);
    tally.written(batch);
    expect(uses()).toMatchObject([{ requests: 1, serverErrors: 0 }]);
  });

  it('tells the answers of the process by class of status, whether they are written or not', () => {
    for (const status of [200, 204, 304, 404, 500, null]) tally.count(LIST, 'GET', 'a', status);
    tally.written(tally.pending());
    now += DAY_US;
    tally.count(LIST, 'GET', 'b', 200);
    tally.count(NONE, 'GET', 'b', 404);
    const of = { system: 'rodan', method: 'GET', route: '/rodan/projects/' };
    expect(tally.answers()).toEqual([
      { ...of, statusClass: 'aborted', count: 1 },
      { ...of, statusClass: '2xx', count: 3 },
      { ...of, statusClass: '3xx', count: 1 },
      { ...of, statusClass: '4xx', count: 1 },
      { ...of, statusClass: '5xx', count: 1 },
      { ...of, route: 'none', statusClass: '4xx', count: 1 },
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HttpClient } from '../support/http.js';
import type { TestDatabase } from '../support/database.js';
import { SECRET } from '../support/secrets.js';
import { environment, GatewayProcess, preparedDatabase, run, type Exit } from './gateway-process.js';

let database: TestDatabase;
beforeAll(async () => {
  ({ database } = await preparedDatabase());
  const gateway = await GatewayProcess.start(environment(database, { BUILDGATE_SECRET: SECRET, LOG_LEVEL: 'warn' }));
  const http = new HttpClient(gateway.url);
  const as = (userAgent: string) => ({ headers: { 'User-Agent': userAgent } });
  for (let call = 0; call < 3; call++) await http.get('/freshmaker/api/1/event-types/', as('python-requests/2.31'));
  await http.get('/devmason/none', as('pony-build'));
  await http.get('/devmason/none');
  await gateway.stop();
});
afterAll(() => database.drop());

function usage(...args: string[]): Promise<Exit> {
  return run(['usage', ...args], environment(database));
}

describe('buildgate usage', () => {
  it('prints what a gateway that has ended had counted, most called first', async () => {
    const { code, stdout, stderr } = await usage();
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, 'YYYY-MM-DD HH:MM').split('\n');
    expect([lines[0], ...lines.slice(1).toSorted()]).toEqual([
      'REQUESTS  4XX  5XX  LAST              SYSTEM      ROUTE                            CLIENT',
      '',
      '       1    1    0  YYYY-MM-DD HH:MM  devmason    GET /{project}                   (none)',
      '       1    1    0  YYYY-MM-DD HH:MM  devmason    GET /{project}                   pony-build',
      '       3    0    0  YYYY-MM-DD HH:MM  freshmaker  GET /api/{version}/event-types/  python-requests/2.31',
    ]);
    expect(lines[1]).toMatch(/^ +3 /);
  });

  it('prints JSON of one system for scripts', async () => {
    const { code, stdout, stderr } = await usage('--json', '--system', 'freshmaker', '--days', '2');
    expect([code, stderr]).toEqual([0, '']);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/);
    expect(JSON.parse(stdout)).toEqual([
      {
        system: 'freshmaker',
        route: '/api/{version}/event-types/',
        method: 'GET',
        userAgent: 'python-requests/2.31',
        requests: 3,
        clientErrors: 0,
        serverErrors: 0,
        firstAt: time,
        lastAt: time,
      },
    ]);
  });

  it('says how much it leaves out', async () => {
    const { code, stdout, stderr } = await usage('--limit', '1', '--json');
    expect([code, JSON.parse(stdout).length, stderr]).toEqual([0, 1, '2 more rows; see --limit.\n']);
  });

  it('says that there is nothing', async () => {
    expect(await usage('--system', 'rodan')).toMatchObject({ code: 0, stdout: 'No calls in 30 days.\n', stderr: '' });
    expect(await usage('--system', 'rodan', '--json')).toMatchObject({ code: 0, stdout: '[]\n', stderr: '' });
  });

  it.each([
    ['--system', 'jenkins', /one of freshmaker, buildapi, devmason, rodan, kernelci/],
    ['--days', '0', /a whole number from 1 to 36500/],
    ['--limit', '1.5', /a whole number from 1 to 1000000/],
  ])('refuses %s %s', async (flag, value, message) => {
    const { code, stdout, stderr } = await usage(flag, value);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(message);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sql } from '../../src/core/store/sql.js';
import { UNRESTRICTED } from '../../src/core/auth/principal.js';
import type { Route } from '../../src/server/dialect.js';
import { bitOf, TOKEN_PROPERTIES } from '../../src/systems/kernelci/permissions.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { HttpClient } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';
import { storedRows } from '../support/stored-rows.js';

/** Every route of every old API, by every kind of caller that the API tells apart. */

/** Who may use a route, in the words of the contracts; `nobody`: only whom the record is of, which here is none of them. */
type Right = 'everybody' | 'user' | 'nobody' | readonly string[];

const REBUILDERS = ['freshmaker/admin', 'freshmaker/manual_rebuilder'];
const INSIDERS = ['kernelci/admin', 'kernelci/superuser'];
const TESTERS = ['kernelci/test_lab', ...INSIDERS];

/** `SYSTEM METHOD URI` of routes, in order: the first that fits counts. */
const RIGHTS: readonly (readonly [routes: RegExp, right: Right])[] = [
  [/^freshmaker GET /, 'everybody'],
  [/^freshmaker (PATCH .*\/events\/\{id\}|POST .*\/builds\/)$/, REBUILDERS],
  [/^freshmaker POST .*\/async-builds\/$/, ['freshmaker/admin', 'freshmaker/freshmaker_async_rebuilders']],

  [/^buildapi GET \/login$/, 'user'],
  [/^buildapi GET /, 'everybody'],
  [/^buildapi (POST|PUT|DELETE) \/(builds|self-serve)\//, 'user'],

  [/^devmason (GET|OPTIONS) /, 'everybody'],
  [/^devmason POST \/(builds\/(request|github|bitbucket)|xmlrpc)$/, 'everybody'],
  [/^devmason PUT \/users\/\{username\}$/, 'nobody'],
  [/^devmason DELETE \/(users\/\{username\}|\{project\}|\{project\}\/builds\/\{build_id\})$/, 'user'],
  [/^devmason (PUT|POST|DELETE) \/\{project\}/, 'everybody'],

  [/^rodan (GET|OPTIONS) \/($|jobs\/|job\/|(input|output)porttypes?\/|resourcetypes?\/)/, 'everybody'],
  [/^rodan (POST|OPTIONS) \/auth\/(token|register)\/$/, 'everybody'],
  [/^rodan POST \/users\/$/, []],
  [/^rodan (GET|OPTIONS|POST|PUT|PATCH|DELETE) \//, 'user'],

  [/^kernelci (GET|POST|DELETE) \/version$/, 'everybody'],
  [/^kernelci (GET|DELETE) \/batch$/, 'everybody'],
  [/^kernelci POST \/batch$/, ['kernelci/post']],
  [/^kernelci (POST|DELETE) \/count(\/\{resource\})?$/, 'everybody'],
  [/^kernelci GET \/count(\/\{resource\})?$/, ['kernelci/get']],
  [/^kernelci (GET|DELETE) \/upload/, INSIDERS],
  [/^kernelci (POST|PUT) \/upload/, ['kernelci/upload', ...INSIDERS]],
  [/^kernelci (GET|DELETE) \/send$/, 'everybody'],
  [/^kernelci GET \/\{(lab|token)\}/, INSIDERS],
  [/^kernelci (POST|PUT|DELETE) \/\{(lab|token)\}/, ['kernelci/admin']],
  [/^kernelci GET \/\{test\}/, ['kernelci/get', ...INSIDERS]],
  [/^kernelci POST \/\{test\}(\/\{group\})?$/, TESTERS],
  [/^kernelci PUT \/\{test\}(\/\{(group|regression)\}|\/\{regression\}\/\{id\})?$/, TESTERS],
  [/^kernelci (POST|PUT|DELETE) \/\{test\}/, 'everybody'],
  [/^kernelci (POST|PUT|DELETE) \/\{\w+\}\/(\{id\}\/)?(logs|distinct\/\{field\})$/, 'everybody'],
  [/^kernelci (POST|DELETE) \/\{boot\}\/(\{id\}\/)?\{regressions\}$/, 'everybody'],
  [/^kernelci GET \/\{/, ['kernelci/get']],
  [/^kernelci (POST|PUT) /, ['kernelci/post']],
  [/^kernelci DELETE /, ['kernelci/delete']],
];

/** A kind of caller: the credentials, and what they are good for. */
interface Kind {
  readonly name: string;
  readonly authorization: string | undefined;
  readonly known: boolean;
  readonly admin: boolean;
  readonly roles: readonly string[];
  /** The token is for reading only: what a route makes of that depends on what is wrong besides, but it stores nothing. */
  readonly readOnly?: true;
  /** The one system whose credentials they are; undefined: the gateway's own, which all take. */
  readonly system?: string;
}

const GATEWAY_ROLES = ['agent', 'operator', ...REBUILDERS, 'freshmaker/freshmaker_async_rebuilders'];
const OF_ACCOUNTS = ['kernelci/get', 'kernelci/post'];
const READING = new Set(['GET', 'OPTIONS']);
/** Their answer tells of credentials in the body, or of none that fit there. */
const LOG_IN = 'rodan POST /auth/token/';
/** Makes a user of Rodan of an account that is none yet. */
const ENROLS = 'rodan GET /auth/me/';

let server: TestServer;
let http: HttpClient;
const kinds: Kind[] = [];

beforeAll(async () => {
  server = await startTestServer();
  http = new HttpClient(server.url);
  kinds.push({ name: 'anonymous', authorization: undefined, known: false, admin: false, roles: [] });
  for (const role of [null, ...GATEWAY_ROLES]) await addAccount(role ?? 'user', role === null ? [] : [role]);
  await addAccount('admin', [], { admin: true });
  await addAccount('reader', [], { admin: true, scopes: ['read'] });
  await addMembers();
  for (const property of TOKEN_PROPERTIES) await addKernelciToken(property);
});
afterAll(() => server.close());

async function addAccount(name: string, roles: string[], options: { admin?: boolean; scopes?: string[] } = {}) {
  // Users of Rodan have no slash in their names.
  const token = await server.token(`of ${name.replaceAll('/', '-')}`, { roles, ...options });
  const { admin = false, scopes = [] } = options;
  kinds.push({
    name,
    authorization: `Bearer ${token}`,
    known: true,
    admin,
    roles: [...roles, ...OF_ACCOUNTS],
    ...(scopes.length > 0 && { readOnly: true }),
  });
}

/** Users of Devmason and of Rodan, who sign in with their passwords. */
async function addMembers(): Promise<void> {
  const authorization = `Basic ${Buffer.from('member:a password').toString('base64')}`;
  const headers = { Authorization: authorization, 'Content-Type': 'application/json' };
  expect((await http.send('PUT', '/devmason/users/member', { headers, body: '{}' })).status).toBe(201);
  const register = 'mutation { rodanRegister(input: { username: "member", password: "a password" }) { number } }';
  expect((await server.graphql(register)).errors).toBeUndefined();
  for (const system of ['devmason', 'rodan']) {
    kinds.push({ name: `member of ${system}`, authorization, known: true, admin: false, roles: [], system });
  }
}

/** A token of Kernel CI with one permission bit. */
async function addKernelciToken(property: (typeof TOKEN_PROPERTIES)[number]): Promise<void> {
  const admin = await server.token('of admin');
  const create = 'mutation { kernelciCreateToken(input: { email: "a@example.org" }) { legacyId token } }';
  const { data } = await server.graphql(create, {}, admin);
  const { legacyId, token } = data.kernelciCreateToken;
  await server.app.store.transact(UNRESTRICTED, (transaction) =>
    transaction.all(sql`UPDATE kernelci_token SET properties = ${bitOf(property)} WHERE oid = ${legacyId}`),
  );
  const roles = [`kernelci/${property}`];
  const name = `token with ${property}`;
  kinds.push({ name, authorization: token, known: true, admin: false, roles, system: 'kernelci' });
}

const ROWS = SYSTEMS.flatMap(({ dialect }) => {
  const { system, prefix, routes } = dialect();
  return routes.map((route) => ({ system, prefix, route, name: `${system} ${route.method} ${route.uri}` }));
});
type Row = (typeof ROWS)[number];

/** What a route stands in the table with. */
function rightOf({ name }: Row): Right | undefined {
  return RIGHTS.find(([routes]) => routes.test(name))?.[1];
}

function may(right: Right, { known, admin, roles }: Kind): boolean {
  if (right === 'everybody') return true;
  if (right === 'nobody' || !known) return false;
  return admin || right === 'user' || right.some((role) => roles.includes(role));
}

/** A path of a route whose parameters name nothing that is there. */
function pathOf({ prefix, route: { uri, parameters = {} } }: Row): string {
  const path = uri.replaceAll(/\{(\w+)\}/g, (_, name: string) => valueOf(parameters[name]!));
  return `${prefix}${path}`;
}

/** Texts of all shapes that parameters have: a number, an id of Kernel CI, a UUID, a name. */
const VALUES = ['999999', 'a'.repeat(24), '00000000-0000-4000-8000-000000000000', 'none'];

function valueOf(type: NonNullable<Route['parameters']>[string]): string {
  if (type === 'digits') return VALUES[0]!;
  if (type === 'segment' || type === 'rest') return 'none';
  if (!(type instanceof RegExp)) return type[0]!;
  const pattern = new RegExp(`^(?:${type.source})$`, type.flags);
  return ['none', ...VALUES].find((value) => pattern.test(value))!;
}

async function statusOf(row: Row, { authorization }: Kind): Promise<number> {
  const { method } = row.route;
  const headers = {
    Accept: 'application/json',
    ...(authorization !== undefined && { Authorization: authorization }),
    ...(!READING.has(method) && { 'Content-Type': 'application/json' }),
  };
  const body = READING.has(method) ? {} : { body: '{}' };
  return (await http.send(method, pathOf(row), { headers, ...body })).status;
}

const isRefusal = (status: number): boolean => status === 401 || status === 403;

/** The callers that an API tells apart: those with credentials of the gateway, and its own. */
function callersOf(system: string): Kind[] {
  return kinds.filter((kind) => kind.system === undefined || kind.system === system);
}

describe('the table', () => {
  it('has a row for every route, and no row for none', () => {
    expect(ROWS.filter((row) => rightOf(row) === undefined).map(({ name }) => name)).toEqual([]);
    const used = new Set(ROWS.map(({ name }) => RIGHTS.find(([routes]) => routes.test(name))));
    expect(RIGHTS.filter((row) => !used.has(row)).map(([routes]) => routes.source)).toEqual([]);
  });
});

describe.each(SYSTEMS.map(({ name }) => name))('%s', (system) => {
  const rows = ROWS.filter((row) => row.system === system);

  /** Cells whose answer is another one than the table says. */
  async function wrong(cells: (row: Row, kind: Kind) => boolean, fits: (status: number) => boolean): Promise<string[]> {
    const found: string[] = [];
    for (const row of rows) {
      const asked = callersOf(system).filter((kind) => cells(row, kind));
      const statuses = await Promise.all(asked.map((kind) => statusOf(row, kind)));
      for (const [index, kind] of asked.entries()) {
        if (!fits(statuses[index]!)) found.push(`${row.name} by ${kind.name}: ${statuses[index]}`);
      }
    }
    return found;
  }

  const writesByReaders = ({ route, name }: Row, { readOnly }: Kind): boolean =>
    readOnly === true && (!READING.has(route.method) || name === ENROLS);

  it('refuses who may not, and stores nothing for them', async () => {
    const before = await storedRows(server.app.store);
    const cells = (row: Row, kind: Kind): boolean => !writesByReaders(row, kind) && !may(rightOf(row)!, kind);
    expect(await wrong(cells, isRefusal)).toEqual([]);
    expect(await wrong(writesByReaders, (status) => status < 500 || status === 501)).toEqual([]);
    expect(await storedRows(server.app.store)).toEqual(before);
  });

  it('answers who may, be it that something is wrong or not there', async () => {
    const cells = (row: Row, kind: Kind): boolean =>
      !writesByReaders(row, kind) && may(rightOf(row)!, kind) && row.name !== LOG_IN;
    expect(await wrong(cells, (status) => !isRefusal(status) && (status < 500 || status === 501))).toEqual([]);
  });
});

// Builds by a part of their names, newest first, with their number, by a scan: node text-scan.ts DATABASE_URL
// Answers GET /?mode=contains|icontains&text=TEXT with what the bench shows of the gateway's answer.
import { createServer } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { openPool } from './database.ts';
import { listen } from './listen.ts';

const PAGE = 20;
const total = (condition: string): string => `SELECT count(*) AS total FROM build WHERE system = 1 AND ${condition}`;
const nodes = (condition: string): string =>
  `SELECT legacy_id AS "legacyId", name FROM build WHERE system = 1 AND ${condition} ORDER BY id DESC LIMIT ${PAGE}`;

type Search = (mode: string, text: string) => Promise<{ totalCount: unknown; nodes: unknown }>;

/** LIKE of SQLite knows no case of ASCII letters, which is all that names have. */
function sqliteSearch(path: string): Search {
  const database = new DatabaseSync(path, { readOnly: true });
  const conditions = { contains: 'instr(name, ?) > 0', icontains: `name LIKE '%' || ? || '%'` };
  const statements = new Map(
    Object.entries(conditions).map(([mode, condition]) => [
      mode,
      { total: database.prepare(total(condition)), nodes: database.prepare(nodes(condition)) },
    ]),
  );
  return async (mode, text) => {
    const prepared = statements.get(mode)!;
    return { totalCount: prepared.total.get(text)!.total, nodes: prepared.nodes.all(text) };
  };
}

function postgresqlSearch(url: string): Search {
  const pool = openPool(url);
  const conditions: Record<string, string> = {
    contains: `name LIKE '%' || $1 || '%'`,
    icontains: `name ILIKE '%' || $1 || '%'`,
  };
  return async (mode, text) => {
    const condition = conditions[mode]!;
    const [counted, found] = await Promise.all([
      pool.query<{ total: number }>({ name: `${mode}-total`, text: total(condition), values: [text] }),
      pool.query<object>({ name: `${mode}-nodes`, text: nodes(condition), values: [text] }),
    ]);
    return { totalCount: counted.rows[0]!.total, nodes: found.rows };
  };
}

const url = process.argv[2] ?? '';
const search = url.startsWith('sqlite:') ? sqliteSearch(url.slice('sqlite:'.length)) : postgresqlSearch(url);

listen(
  createServer(async (request, response) => {
    const query = new URLSearchParams(request.url!.split('?')[1]);
    const found = await search(query.get('mode') ?? '', query.get('text') ?? '');
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(found));
  }),
);

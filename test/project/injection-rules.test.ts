import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const FILES = globSync('src/**/*.{ts,tsx}', { cwd: ROOT }).toSorted();
const textOf = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');

/** Files, or folders with a slash at their end, each with the reason why it may. */
type Places = Readonly<Record<string, string>>;

/** A way in which what a client sends could become something else than a value. */
interface Rule {
  readonly title: string;
  readonly uses: (text: string) => boolean;
  readonly places: Places;
}

/** What stands between the parentheses of each call. */
function argumentsOf(text: string, call: string): string[] {
  return Array.from(text.matchAll(new RegExp(`(?<![\\w.#])${call}\\(`, 'g')), ({ 0: head, index }) => {
    const begin = index + head.length;
    let end = begin;
    for (let depth = 1; depth > 0; end += 1) depth += text[end] === '(' ? 1 : text[end] === ')' ? -1 : 0;
    return text.slice(begin, end - 1);
  });
}

const LITERAL = /^\s*(?:'(?:[^'\\]|\\.)*'|`[^`$]*`)\s*,?\s*$/s;

/** Whether a call is given a text that the source does not hold as it is. */
const composes = (call: string) => (text: string) => argumentsOf(text, call).some((given) => !LITERAL.test(given));

const LOCKING = 'appends FOR UPDATE and its like, one of two literals';
const DECLARED = 'names of tables and columns from a declaration of the system';

const RULES: readonly Rule[] = [
  {
    title: 'SQL is made of other text than literals',
    uses: composes('raw'),
    places: {
      'src/core/changes/log.ts': 'names of its own columns',
      'src/core/export/': 'names of declared tables and columns',
      'src/core/import/': 'names of declared tables and columns, and of the temporary tables of an import',
      'src/core/list/': 'the list engine: names of declared tables and columns, numbers of states, directions',
      'src/core/graphql/transition.resolver.ts': 'the table of a kind of record',
      'src/core/store/': 'the store itself',
      'src/core/usage/route-use.ts': 'fragments that the same file declares',
      'src/doctor/structure.ts': 'names of the tables that hold sealed tokens',
      'src/systems/buildapi/agent.ts': 'a condition in the words of the two databases',
      'src/systems/buildapi/import/': DECLARED,
      'src/systems/buildapi/reads.ts': DECLARED,
      'src/systems/devmason/import/': DECLARED,
      'src/systems/devmason/records.ts': LOCKING,
      'src/systems/freshmaker/import/': DECLARED,
      'src/systems/freshmaker/reads.ts': DECLARED,
      'src/systems/kernelci/deletion-service.ts': DECLARED,
      'src/systems/kernelci/export/': DECLARED,
      'src/systems/kernelci/import/': DECLARED,
      'src/systems/kernelci/reads.ts': DECLARED,
      'src/systems/kernelci/records.ts': DECLARED,
      'src/systems/rodan/export/': DECLARED,
      'src/systems/rodan/import/': DECLARED,
      'src/systems/rodan/parts/installed.ts': 'the table of inputs or of outputs',
      'src/systems/rodan/parts/locking.ts': LOCKING,
      'src/systems/rodan/parts/port-service.ts': 'tables and columns of inputs or of outputs',
      'src/systems/rodan/parts/removing-workflows.ts': 'tables and columns of inputs or of outputs',
      'src/systems/rodan/reads.ts': DECLARED,
      'src/systems/rodan/references.ts': 'a statement for each kind of reference, from a table of literals',
      'src/systems/rodan/runs/acting.ts': 'a literal with a number of our own states',
      'src/systems/rodan/runs/agent-service.ts': LOCKING,
      'src/systems/rodan/runs/scheduling.ts': 'a literal with the name of a column',
      'src/systems/rodan/users/stored-users.ts': LOCKING,
    },
  },
  {
    title: 'a driver of a database is used',
    uses: (text) => /^import (?!type )[^;]*from '(?:pg|node:sqlite|kysely|@mikro-orm\/[^']+)'/m.test(text),
    places: {
      'src/core/model/tables.ts': 'declares tables',
      'src/core/store/': 'the store itself',
      'src/systems/buildapi/model.ts': 'declares tables',
      'src/systems/buildapi/records.ts': 'reads entities of a declared table',
      'src/systems/freshmaker/model.ts': 'declares tables',
    },
  },
  {
    title: 'a regular expression is made of other text than literals',
    uses: composes('new RegExp'),
    places: {
      'src/core/auth/passwords.ts': 'parameters of the hashes that we make',
      'src/server/deprecations.ts': 'a pattern of the operator, in which all but `*` is escaped',
      'src/server/dialect-router.ts': 'types of parameters in the route tables',
      'src/server/multipart.ts': 'one of two names of parameters',
      'src/systems/devmason/dates.ts': 'names of months and zones',
      'src/systems/rodan/references.ts': 'kinds of objects',
      'src/systems/rodan/rest/filter-times.ts': 'the part that several forms of times share',
      'src/systems/rodan/users/email.ts': 'parts of addresses',
    },
  },
  {
    title: 'text becomes code, a program is started, or a module has a name that is computed',
    uses: (text) =>
      /\beval\(|new Function\(|from '(?:node:)?(?:child_process|vm|worker_threads)'|\b(?:import|require)\((?!')/.test(
        text,
      ),
    places: {
      'src/cli/serve.ts': 'collects garbage once before a gateway listens, by a literal',
      'src/core/store/row-shape.ts': 'an object literal of the names of columns that our statements give them',
      'src/server/executor/plan.ts':
        'an object literal of names that the parser of GraphQL took, each as a JSON string',
    },
  },
  {
    title: 'HTML goes past the escaping of React or of our template',
    uses: (text) => /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|\bnew Html\(/i.test(text),
    places: { 'src/server/html.ts': 'the template that escapes every value' },
  },
  {
    title: 'the file system is written to or read from',
    uses: (text) => /from 'node:fs(?:\/promises)?'/.test(text),
    places: {
      'src/cli/output-file.ts': 'the file that an option names',
      'src/core/auth/secrets.ts': 'the file of the key, from the settings',
      'src/core/copy/sqlite.ts': 'whether a database that an argument names is there',
      'src/core/import/byte-source.ts': 'the file that an argument names',
      'src/core/store/': 'the database of the settings, migrations of the package',
      'src/demo/': 'the temporary database of a demo, samples of the package',
      'src/doctor/': 'whether files of the settings can be used',
      'src/server/dashboard.ts': 'pages of the package, all read at the start',
      'src/server/deprecations.ts': 'the file that a setting names',
      'src/server/documented-exchange.ts': 'a file of the package',
      'src/server/documents/manifest.ts': 'the file or folder that a setting names, at the start',
      'src/server/graphiql.ts': 'whether the pages were built',
      'src/server/operations-text.ts': 'stored operations of the package',
      'src/version.ts': 'the version of the package',
    },
  },
  {
    title: 'a request is sent',
    uses: (text) =>
      /(?<![\w.'])fetch\(|\bhttps?\.request\(|\bimport \{[^}]*\b(?:request|connect)\b[^}]*\} from 'node:(?:https?|net|tls)'/.test(
        text,
      ),
    places: {
      'src/cli/buildapi-agent.ts': 'to the gateway that an option names',
      'src/dashboard/': 'runs in the browser',
      'src/demo/gateway-client.ts': 'to the gateway of the demo',
      'src/doctor/listening.ts': 'to the port of the settings',
      'src/explain/in-process.ts': 'to the gateway that the command itself starts',
      'src/graphiql/': 'runs in the browser',
      'src/systems/freshmaker/import/live.ts': 'to the server that an argument of the import names',
    },
  },
  {
    title: 'headers are written',
    uses: (text) => /\.(?:setHeader|appendHeader|writeHead|statusMessage)\b/.test(text),
    places: {
      'src/server/': 'Node.js refuses values that are no header; reason phrases are cleaned where they are set',
    },
  },
];

describe.each(RULES)('Only where a reason is given $title', ({ uses, places }) => {
  const isPlace = (file: string, place: string): boolean =>
    place.endsWith('/') ? file.startsWith(place) : file === place;
  const users = FILES.filter((file) => uses(textOf(file)));

  it('and nowhere else', () => {
    expect(users.filter((file) => !Object.keys(places).some((place) => isPlace(file, place)))).toEqual([]);
  });

  it('and each of these still does', () => {
    expect(Object.keys(places).filter((place) => !users.some((file) => isPlace(file, place)))).toEqual([]);
  });
});

it('What the rules look for is found', () => {
  const [sql, driver, pattern, code, html, files, request, headers] = RULES.map(({ uses }) => uses);
  expect(sql!('raw(name)')).toBe(true);
  expect(sql!("raw('SELECT (1)')")).toBe(false);
  expect(driver!("import pg from 'pg';")).toBe(true);
  expect(driver!("import type { Pool } from 'pg';")).toBe(false);
  expect(pattern!('new RegExp(text)')).toBe(true);
  expect(code!("import { spawn } from 'node:child_process';")).toBe(true);
  expect(code!('await import(name)')).toBe(true);
  expect(html!('element.innerHTML = name')).toBe(true);
  expect(files!("import { rm } from 'node:fs/promises';")).toBe(true);
  expect(request!('await fetch(url)')).toBe(true);
  expect(headers!("response.setHeader('Location', to)")).toBe(true);
});

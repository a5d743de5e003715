import { exampleRecords } from '../support/examples.js';

type Rows = Readonly<Record<string, unknown>>[];

/** The sample records of a system, to make requests of that are about something. */
export class Samples {
  /** Short texts that stand in the records: keys, names, states, times. */
  readonly texts: readonly string[];
  readonly #collections: readonly (readonly [name: string, rows: Rows])[];
  readonly #byMember = new Map<string, string[]>();

  constructor(system: string) {
    const records = exampleRecords()[system] as Record<string, Rows>;
    this.#collections = Object.entries(records).map(([name, rows]) => [plain(name), rows]);
    const texts = new Set<string>();
    collect(records, '', (member, text) => {
      texts.add(text);
      this.#byMember.set(plain(member), [...(this.#byMember.get(plain(member)) ?? []), text]);
    });
    this.texts = [...texts];
  }

  /** Records of the collection that a URI is about; none where there is none. */
  rowsOf(uri: string): Rows {
    const segments = uri.split('/').filter((segment) => segment !== '' && !segment.startsWith('{'));
    const wanted = [plain(segments.slice(0, 2).join('')), plain(segments[0] ?? ''), plain(segments[1] ?? '')];
    return this.#collections.find(([name]) => wanted.includes(name))?.[1] ?? [];
  }

  /** Values that the records have for a parameter, or for a member or an argument of about that name. */
  valuesOf(name: string, uri = ''): readonly string[] {
    const rows = this.rowsOf(uri);
    const own = name === 'id' ? rows.map(keyOf).filter((key) => key !== undefined) : [];
    const wanted = plain(ALIASES[name] ?? name);
    return own.length > 0 ? own : (this.#byMember.get(wanted) ?? this.texts);
  }
}

/** Members that parameters and arguments call otherwise. */
const ALIASES: Readonly<Record<string, string>> = {
  value: 'token',
  user: 'author',
  slave: 'slavename',
  builder_name: 'buildername',
  legacyId: 'uuid',
};

/** One spelling of names: `test_group`, `testGroups` and `test/group` are one. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '')
    .replace(/s$/, '');
}

function keyOf(row: Readonly<Record<string, unknown>>): string | undefined {
  const key = row['uuid'] ?? row['id'] ?? (row['_id'] as { $oid?: string } | undefined)?.$oid;
  return key === undefined ? undefined : String(key);
}

function collect(value: unknown, member: string, found: (member: string, text: string) => void): void {
  if (typeof value === 'string' && value.length < 80) found(member, value);
  else if (typeof value === 'number') found(member, String(value));
  else if (Array.isArray(value)) for (const item of value) collect(item, member, found);
  else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) collect(inner, name.startsWith('$') ? member : name, found);
  }
}

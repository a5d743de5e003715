import { isJsonObject } from '../../../../core/json.js';
import { unfit } from './refusal.js';
import { readAs } from './values.js';

/** What is inside a reported test group, as the schema takes it. */
interface GroupContent {
  readonly testCases: readonly object[];
  readonly subGroups: readonly object[];
}

/** Deeper groups are refused by the schema, in its words. */
const MAX_DEPTH = 30;

/**
 * The test cases and groups of a body (contract kernelci section 6.8).
 * @throws Refusal 400 naming what cannot be understood
 */
export function groupContent(members: ReadonlyMap<string, unknown>, path = '', depth = 1): GroupContent {
  if (depth > MAX_DEPTH) throw unfit(`${path}: more than ${MAX_DEPTH} groups deep`);
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  return {
    testCases: objectsOf(at('test_cases'), members.get('test_cases')).map(testCase),
    subGroups: objectsOf(at('sub_groups'), members.get('sub_groups')).map(({ path: place, members: inner }) => ({
      name: nameOf(inner),
      ...groupContent(inner, place, depth + 1),
    })),
  };
}

/** The name of a group; one that is no text is refused by the schema, as a blank one is. */
function nameOf(members: ReadonlyMap<string, unknown>): unknown {
  const read = readAs('text', members.get('name'));
  return 'value' in read ? read.value : '';
}

interface Element {
  readonly path: string;
  readonly members: ReadonlyMap<string, unknown>;
}

function objectsOf(path: string, value: unknown): Element[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw unfit(`${path}: must be a list`);
  return value.map((element, index) => {
    if (!isJsonObject(element)) throw unfit(`${path}[${index}]: must be an object`);
    return { path: `${path}[${index}]`, members: new Map(Object.entries(element)) };
  });
}

function testCase({ path, members }: Element): object {
  const name = readAs('text', members.get('name'));
  if (!('value' in name)) throw unfit(`${path}.name: must be text`);
  const known = (key: string, type: 'text' | 'integer' | 'duration'): unknown => {
    const read = readAs(type, members.get(key));
    return members.get(key) != null && 'value' in read ? read.value : null;
  };
  return {
    name: name.value,
    status: known('status', 'text'),
    index: known('index', 'integer'),
    timeMs: known('time', 'duration'),
    measurements: members.get('measurements') ?? null,
    logLines: members.get('log_lines') ?? null,
  };
}

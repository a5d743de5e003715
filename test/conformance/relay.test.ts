import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  isListType,
  getNullableType,
  isInterfaceType,
  isObjectType,
  isRequiredArgument,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleRecords } from '../support/examples.js';
import { startTestServer, type TestServer } from '../support/server.js';

// What Relay's specifications say of answers, asked of every connection that a client reaches; what they say of the schema
// is in test/clients/relay-specification.test.ts.

const schema = buildSchema(readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8'));
const nodeType = schema.getType('Node') as GraphQLInterfaceType;

type Composite = GraphQLObjectType | GraphQLInterfaceType;
type Field = GraphQLField<unknown, unknown>;

const fieldsOf = (type: Composite): Field[] => Object.values(type.getFields());
const isFree = ({ args }: Field): boolean => !args.some(isRequiredArgument);
const takes = ({ args }: Field, name: string): boolean => args.some((arg) => arg.name === name);
const typeOf = ({ type }: Field): Composite | null => {
  const named = getNamedType(type);
  return isObjectType(named) || isInterfaceType(named) ? named : null;
};
const isConnection = (field: Field): boolean => typeOf(field)?.getFields()['pageInfo'] !== undefined;
/** Whether the records of a connection have global ids. */
const hasIds = (field: Field): boolean => {
  const record = getNamedType(typeOf(field)!.getFields()['nodes']!.type) as Composite;
  return record === nodeType || record.getInterfaces?.().includes(nodeType);
};

/** A connection at the root, or below an object that is there once: `rodan { runs { ... } }`. */
interface Reached {
  readonly path: string;
  readonly field: Field;
}

function reached(type: Composite, above: string): Reached[] {
  return fieldsOf(type)
    .filter(isFree)
    .flatMap((field) => {
      const path = above === '' ? field.name : `${above}.${field.name}`;
      const inner = typeOf(field);
      if (isConnection(field)) return [{ path, field }];
      const isOne = inner !== null && !isListType(getNullableType(field.type)) && isObjectType(inner);
      return isOne && !inner.getInterfaces().includes(nodeType) ? reached(inner, path) : [];
    });
}
const CONNECTIONS = reached(schema.getQueryType()!, '');

/** Connections of the records themselves, such as the jobs of a build. */
const OF_NODES: (readonly [string, string, Field])[] = schema.getPossibleTypes(nodeType).flatMap((type) =>
  fieldsOf(type)
    .filter((field) => isFree(field) && isConnection(field))
    .map((field) => [`${type.name}.${field.name}`, type.name, field] as const),
);

let server: TestServer;
let token: string;

beforeAll(async () => {
  server = await startTestServer({ import: exampleRecords() });
  token = await server.token('kate', { admin: true });
});
afterAll(() => server.close());

const within = (path: string, text: string): string =>
  path
    .split('.')
    .reduceRight(
      (inner, name, index, all) => (index === all.length - 1 ? `${name}${inner}` : `${name} { ${inner} }`),
      text,
    );
const valueAt = (path: string, data: any): any => path.split('.').reduce((value, name) => value?.[name], data);

interface Page {
  readonly edges: readonly { cursor: string; node: { __typename: string; id?: string } }[];
  readonly pageInfo: {
    hasNextPage: boolean;
    hasPreviousPage: boolean;
    startCursor: string | null;
    endCursor: string | null;
  };
}

/** A way to ask for a page of one connection. */
type Read = (args: string) => Promise<{ page?: Page; errors?: readonly { message: string }[] }>;

const selection = (field: Field): string =>
  `{ edges { cursor node { __typename ${hasIds(field) ? 'id' : ''} } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }`;

function atRoot({ path, field }: Reached): Read {
  return async (args) => {
    const { data, errors } = await server.graphql(`{ ${within(path, `(${args}) ${selection(field)}`)} }`, {}, token);
    return errors ? { errors } : { page: valueAt(path, data) };
  };
}

function ofNode(id: string, type: string, field: Field): Read {
  return async (args) => {
    const document = `query ($id: ID!) { node(id: $id) { ... on ${type} { ${field.name}(${args}) ${selection(field)} } } }`;
    const { data, errors } = await server.graphql(document, { id }, token);
    return errors ? { errors } : { page: data.node[field.name] };
  };
}

async function pageOf(read: Read, args: string): Promise<Page> {
  const { page, errors } = await read(args);
  expect(errors).toBeUndefined();
  const { edges, pageInfo } = page!;
  expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor ?? null, edges.at(-1)?.cursor ?? null]);
  return page!;
}

/** All cursors, page by page; each page but the last one is full and says that there are more. */
async function forwards(read: Read, size: number, most: number): Promise<string[]> {
  const cursors: string[] = [];
  for (let after = ''; ;) {
    const { edges, pageInfo } = await pageOf(read, `first: ${size}${after}`);
    cursors.push(...edges.map(({ cursor }) => cursor));
    if (!pageInfo.hasNextPage || cursors.length >= most) return cursors;
    expect(edges).toHaveLength(size);
    after = `, after: ${JSON.stringify(pageInfo.endCursor)}`;
  }
}

async function backwards(read: Read, size: number, before: string, most: number): Promise<string[]> {
  const cursors: string[] = [];
  for (let from = before; ;) {
    const { edges, pageInfo } = await pageOf(read, `last: ${size}, before: ${JSON.stringify(from)}`);
    cursors.unshift(...edges.map(({ cursor }) => cursor));
    if (!pageInfo.hasPreviousPage || cursors.length >= most) return cursors;
    expect(edges).toHaveLength(size);
    from = pageInfo.startCursor!;
  }
}

const MOST = 12;

/** What the Cursor Connections Specification says of the pages of any connection. */
async function keepsTheRules(read: Read, field: Field): Promise<void> {
  const { edges: all, pageInfo } = await pageOf(read, `first: ${MOST}`);
  const cursors = all.map(({ cursor }) => cursor);
  expect(new Set(cursors).size).toBe(cursors.length);
  expect(pageInfo.hasPreviousPage).toBe(false);
  expect((await forwards(read, 3, MOST)).slice(0, MOST)).toEqual(cursors);
  const isTwoWay = takes(field, 'before') && cursors.length > 1;
  const before = isTwoWay ? await backwards(read, 3, cursors.at(-1)!, MOST) : cursors.slice(0, -1);
  expect(before).toEqual(cursors.slice(0, -1));
  expect((await pageOf(read, 'first: 0')).edges).toEqual([]);
  const negative = await read('first: -1');
  expect(negative.errors?.[0]?.message).toMatch(/first/);
}

describe('the pages of a connection', () => {
  it('are asked of all that a client reaches', () => {
    expect(CONNECTIONS.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['events', 'builds', 'jobs', 'projects']),
    );
    expect(OF_NODES.length).toBeGreaterThan(5);
  });

  it.each(CONNECTIONS.map((one) => [one.path, one] as const))(
    '%s: cursors, both directions, and nothing for none',
    async (_path, one) => {
      await keepsTheRules(atRoot(one), one.field);
    },
  );

  it.each(OF_NODES)('%s: the same below a record', async (_title, type, field) => {
    const { data } = await server.graphql(
      '{ events(first: 100) { nodes { id __typename } } builds(first: 100) { nodes { id __typename } } jobs(first: 100) { nodes { id __typename } } projects(first: 100) { nodes { id __typename } } }',
      {},
      token,
    );
    const records = Object.values<any>(data).flatMap(({ nodes }) => nodes);
    const ids = records.filter(({ __typename }: any) => __typename === type).map(({ id }: any) => id as string);
    expect(ids.length).toBeGreaterThan(0);
    for (const id of ids.slice(0, 5)) await keepsTheRules(ofNode(id, type, field), field);
  });
});

describe('a record of a connection', () => {
  const withIds = CONNECTIONS.filter(({ field }) => hasIds(field));

  it.each(withIds.map((one) => [one.path, one] as const))('%s: is found again by its id', async (_path, one) => {
    const { edges } = await pageOf(atRoot(one), `first: ${MOST}`);
    for (const { node } of edges) {
      const again = await server.graphql(
        'query ($id: ID!) { node(id: $id) { __typename id } }',
        { id: node.id },
        token,
      );
      expect(again).toEqual({ data: { node } });
    }
  });
});

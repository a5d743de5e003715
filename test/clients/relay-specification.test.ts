import { readFileSync } from 'node:fs';
import {
  buildSchema,
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SYSTEMS } from '../../src/systems/index.js';
import { startTestServer, type TestServer } from '../support/server.js';

const text = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
const schema = buildSchema(text);

type Composite = GraphQLObjectType | GraphQLInterfaceType;
const composites = Object.values(schema.getTypeMap()).filter(
  (type): type is Composite => isObjectType(type) || isInterfaceType(type),
);

/** Rodan calls the line between two ports of a workflow a connection; the type has had that name since it is there. */
const NO_LISTS = ['RodanConnection'];
const connections = composites.filter(({ name }) => name.endsWith('Connection') && !NO_LISTS.includes(name));

function typeOf(type: Composite, field: string): string {
  return String(type.getFields()[field]?.type);
}

/** Fields of all types, as `Type.field`, with their definitions. */
const fields: readonly (readonly [string, GraphQLField<unknown, unknown>])[] = composites.flatMap((type) =>
  Object.values(type.getFields()).map((field) => [`${type.name}.${field.name}`, field] as const),
);

describe('connections as the GraphQL Cursor Connections Specification wants them', () => {
  it('have a PageInfo', () => {
    const pageInfo = schema.getType('PageInfo') as GraphQLObjectType;
    expect(Object.keys(pageInfo.getFields()).toSorted()).toEqual([
      'endCursor',
      'hasNextPage',
      'hasPreviousPage',
      'startCursor',
    ]);
    for (const name of ['hasNextPage', 'hasPreviousPage']) expect(typeOf(pageInfo, name)).toBe('Boolean!');
    // Null on an empty page, which the specification allows.
    for (const name of ['startCursor', 'endCursor']) expect(typeOf(pageInfo, name)).toBe('String');
  });

  it.each(connections.map((type) => [type.name, type] as const))(
    '%s: edges with cursors and nodes, and a page',
    (_name, type) => {
      expect(typeOf(type, 'pageInfo')).toBe('PageInfo!');
      const edges = getNullableType(type.getFields()['edges']!.type);
      expect(isListType(edges)).toBe(true);
      const edge = getNamedType(edges) as GraphQLObjectType;
      expect(edge.name).toBe(`${type.name.replace(/Connection$/, '')}Edge`);
      expect(typeOf(edge, 'cursor')).toBe('String!');
      expect(isListType(getNullableType(edge.getFields()['node']!.type))).toBe(false);
    },
  );

  it('are what every field with such a type gives, with arguments for pages forwards', () => {
    const paged = fields.filter(([, { type }]) => connections.includes(getNamedType(type) as Composite));
    expect(paged.length).toBeGreaterThan(connections.length);
    const wrong = paged.filter(([, { type, args }]) => {
      const of = (name: string) => String(args.find((arg) => arg.name === name)?.type);
      const backwards = [of('last'), of('before')].join();
      return (
        isListType(getNullableType(type)) ||
        of('first') !== 'Int' ||
        of('after') !== 'String' ||
        !['Int,String', 'undefined,undefined'].includes(backwards)
      );
    });
    expect(wrong.map(([path]) => path)).toEqual([]);
  });
});

describe('nodes as the Global Object Identification Specification wants them', () => {
  it('are found by one id, or several in the same order', () => {
    const node = schema.getType('Node') as GraphQLInterfaceType;
    expect(Object.entries(node.getFields()).map(([name, { type }]) => `${name}: ${type}`)).toEqual(['id: ID!']);
    const { node: one, nodes } = schema.getQueryType()!.getFields();
    expect([String(one!.type), one!.args.map(({ name, type }) => `${name}: ${type}`)]).toEqual(['Node', ['id: ID!']]);
    expect([String(nodes!.type), nodes!.args.map(({ name, type }) => `${name}: ${type}`)]).toEqual([
      '[Node]!',
      ['ids: [ID!]!'],
    ]);
  });

  it('are all types that have a global id, and no others', () => {
    const node = schema.getType('Node') as GraphQLInterfaceType;
    const withId = composites.filter((type) => {
      const id = type.getFields()['id'];
      return id !== undefined && isNonNullType(id.type) && getNamedType(id.type).name === 'ID';
    });
    const implementing = composites.filter((type) => type === node || type.getInterfaces().includes(node));
    expect(withId.map(({ name }) => name).toSorted()).toEqual(implementing.map(({ name }) => name).toSorted());
  });
});

describe('a node by its id', () => {
  let server: TestServer;

  beforeAll(async () => {
    const data = SYSTEMS.map(({ name }) => [
      name,
      JSON.parse(readFileSync(new URL(`../../examples/${name}.json`, import.meta.url), 'utf8')),
    ]);
    server = await startTestServer({ import: Object.fromEntries(data) });
  });
  afterAll(() => server.close());

  it('is the same object, of the same type, for every type of node', async () => {
    const token = await server.token('kate');
    const lists = ['events', 'builds', 'jobs', 'projects'];
    const selected = lists.map((list) => `${list}(first: 100) { nodes { id __typename } }`).join(' ');
    const { data } = await server.graphql(`{ ${selected} viewer { id __typename } }`, {}, token);
    const found = [...lists.flatMap((list) => data[list].nodes), data.viewer];
    const node = schema.getType('Node') as GraphQLInterfaceType;
    const types = new Set(found.map(({ __typename }) => __typename));
    expect([...types].toSorted()).toEqual(
      schema
        .getPossibleTypes(node)
        .map(({ name }) => name)
        .toSorted(),
    );
    for (const one of found) {
      const again = await server.graphql('query ($id: ID!) { node(id: $id) { id __typename } }', { id: one.id }, token);
      expect(again).toEqual({ data: { node: one } });
    }
  });

  it('is nobody else than who asks, for users', async () => {
    const [kate, joe] = [await server.token('kate'), await server.token('joe')];
    const { data } = await server.graphql('{ viewer { id } }', {}, kate);
    const node = 'query ($id: ID!) { node(id: $id) { id ... on User { name } } }';
    expect((await server.graphql(node, data.viewer, kate)).data).toEqual({ node: { ...data.viewer, name: 'kate' } });
    for (const other of [joe, undefined]) {
      expect(await server.graphql(node, data.viewer, other)).toEqual({ data: { node: null } });
    }
  });
});

import { buildSchema, getVariableValues, Kind, parse, type OperationDefinitionNode } from 'graphql';
import { describe, expect, it } from 'vitest';
import { variableReader } from '../../../src/server/executor/variables.js';

const SCHEMA = buildSchema(`
  enum State { PLANNED RUNNING }
  input Comparison { eq: Int, in: [Int!], not: Comparison }
  input Filter { name: String, number: Comparison, state: State, all: [Filter!], flags: [[Boolean]] }
  input Page { first: Int = 25, after: String }
  input Needed { id: ID!, note: String }
  input Either @oneOf { id: ID, name: String }
  type Query { a: Int }
`);

/** Types of a variable, and values that a request may bring for it. */
const VALUES: Readonly<Record<string, readonly unknown[]>> = {
  Int: [1, 0, null, undefined, 1.5, '1', true, 2 ** 31, [], {}],
  'Int!': [1, null, undefined, '1'],
  'Int = 7': [1, null, undefined],
  'Int! = 7': [1, null, undefined],
  'String = "a"': ['b', null, 1],
  State: ['RUNNING', 'running', 1, null],
  '[Int!]': [[1, 2], [], [1, null], ['1'], 1, new Set([1]), null],
  '[[Boolean]]': [[[true, null], null], [true], [[1]], true],
  Filter: [
    {},
    { state: 'PLANNED', name: 'a' },
    { name: 'a', state: 'PLANNED' },
    { flags: [[true]], all: [{ number: { not: { eq: 1 } } }, {}], name: null, number: { in: [1, 2], eq: null } },
    { name: undefined },
    { unknown: 1 },
    { unknown: undefined },
    JSON.parse('{ "__proto__": { "name": "a" } }'),
    Object.create({ name: 'a' }),
    Object.assign(Object.create(null), { name: 'a' }),
    { toString: 'a' },
    { name: 1 },
    { all: { name: 'a' } },
    { all: [null] },
    [],
    'a',
    null,
  ],
  Page: [{}, { after: 'a' }, { first: null }, { first: 3, after: null }, { first: 'a' }],
  Needed: [{ id: 1 }, {}, { id: null }, { note: 'a', id: 'a' }],
  Either: [{ id: 1 }, { id: 1, name: 'a' }, {}, { name: null }],
  'Filter! = { state: RUNNING, name: "a" }': [{ name: 'b' }, null],
};

function definitionsOf(type: string) {
  const { definitions } = parse(`query ($value: ${type}) { a }`);
  const operation = definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
  return operation.variableDefinitions!;
}

/** The members of all objects in their order, which equality does not see. */
function inOrder(value: unknown): string {
  return JSON.stringify(value);
}

describe.each(Object.entries(VALUES))('a variable of %s', (type, values) => {
  const definitions = definitionsOf(type);
  const read = variableReader(SCHEMA, definitions);

  it('is what graphql-js makes of it, or left to graphql-js', () => {
    for (const given of [{}, ...values.map((value) => ({ value }))]) {
      const { coerced } = getVariableValues(SCHEMA, definitions, given);
      // What is left to it is what it makes of it.
      const found = read(given) ?? coerced;
      expect(found).toStrictEqual(coerced);
      expect(inOrder(found)).toBe(inOrder(coerced));
    }
  });
});

it('values that requests usually bring are not left to graphql-js', () => {
  const usual: [string, unknown][] = [
    ['Int', 1],
    ['Int! = 7', 2],
    ['[Int!]', [1, 2]],
    ['Filter', { state: 'PLANNED', name: 'a' }],
    ['Filter', null],
  ];
  for (const [type, value] of usual) expect(variableReader(SCHEMA, definitionsOf(type))({ value })).toEqual({ value });
  expect(variableReader(SCHEMA, definitionsOf('Int = 7'))({})).toEqual({ value: 7 });
  const withDefault = variableReader(SCHEMA, definitionsOf('Page'));
  expect(withDefault({ value: { after: 'a' } })).toEqual({ value: { first: 25, after: 'a' } });
  const withRequired = variableReader(SCHEMA, definitionsOf('Needed'));
  expect(withRequired({ value: { note: 'a', id: 1 } })).toEqual({ value: { id: '1', note: 'a' } });
});

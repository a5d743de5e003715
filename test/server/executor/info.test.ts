import { buildSchema, execute, parse, type GraphQLFieldResolver, type OperationDefinitionNode } from 'graphql';
import { expect, it } from 'vitest';
import { CompiledOperation } from '../../../src/server/executor/compiled-operation.js';

const RESOLVERS: Readonly<Record<string, GraphQLFieldResolver<unknown, unknown>>> = {
  four: (_source, _args, _context, info) => info.fieldName,
  destructured: (_source, _args, _context, { path: { key } }) => String(key),
  rest: (...given) => String(given.length),
  one: (source) => String(source),
  none: () => 'none',
};

const SCHEMA = buildSchema(`type Query { ${Object.keys(RESOLVERS).join(': String ')}: String }`);
for (const [name, field] of Object.entries(SCHEMA.getQueryType()!.getFields())) field.resolve = RESOLVERS[name]!;

it('resolvers are told of their field, unless they declare that they do not look', () => {
  const document = parse(`{ __typename other: ${Object.keys(RESOLVERS).join(' ')} }`);
  const [operation] = document.definitions as readonly OperationDefinitionNode[];
  const answer = new CompiledOperation(SCHEMA, document, operation!).execute({
    variables: {},
    context: {},
    rootValue: 'root',
  });
  expect(answer).toEqual(execute({ schema: SCHEMA, document, rootValue: 'root', contextValue: {} }));
  expect(answer).toEqual({
    data: { __typename: 'Query', other: 'four', destructured: 'destructured', rest: '4', one: 'root', none: 'none' },
  });
});

import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GraphQLObjectType, GraphQLSchema, GraphQLString, buildSchema as schemaOf } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anyRole, enforceAccess } from '../../src/core/graphql/access.js';
import type { Dialect, Route } from '../../src/server/dialect.js';
import { requireDeclaredWrites } from '../../src/server/declared-writes.js';
import { route, text, toyDialect } from './toy-dialect.js';

const WRITERS = anyRole(['toy/writer'], 'Needs the role writer.');

/** A schema with one mutation, `write`. */
function toySchema(extensions: Record<string, unknown>): GraphQLSchema {
  const field = { type: GraphQLString, extensions, resolve: () => 'written' };
  const mutation = new GraphQLObjectType({ name: 'Mutation', fields: { write: field } });
  const query = new GraphQLObjectType({ name: 'Query', fields: { read: { type: GraphQLString } } });
  return new GraphQLSchema({ query, mutation });
}

/** A dialect with one route, `POST /toy/words`, that writes. */
async function writing(declared: Partial<Route>): Promise<Dialect> {
  const file = join(await mkdtemp(join(tmpdir(), 'toy-')), 'operations.graphql');
  writeFileSync(file, 'mutation Write { write } query Read { read }');
  const handle: Route['handle'] = () => text('');
  const routes = [route('POST', '/words', { operations: ['Write'], handle, ...declared })];
  return { ...toyDialect, operations: pathToFileURL(file), routes };
}

describe('a mutation', () => {
  it('without a declared rule keeps the gateway from starting', () => {
    expect(() => enforceAccess(schemaOf('type Query { a: Int } type Mutation { a: Int, b: Int }'))).toThrow(
      'Nothing says who may call a, b.',
    );
  });

  it('tells of its rule in its description', () => {
    const schema = toySchema({ access: WRITERS });
    enforceAccess(schema);
    expect(schema.getMutationType()!.getFields()['write']!.description).toBe('Needs the role writer.');
  });
});

describe('a route that writes', () => {
  it('is for whom its mutation is for', async () => {
    const schema = toySchema({ access: WRITERS });
    for (const access of [undefined, 'user', ['toy/writer']] as const) {
      requireDeclaredWrites(await writing(access ? { access } : {}), schema);
    }
  });

  it('whose mutation has no rule keeps the gateway from starting', async () => {
    const dialect = await writing({ access: ['toy/writer'] });
    expect(() => requireDeclaredWrites(dialect, toySchema({}))).toThrow(
      'POST /toy/words: nothing says who may call write.',
    );
  });

  it('that asks for other roles than its mutation keeps the gateway from starting', async () => {
    const dialect = await writing({ access: ['toy/writer', 'toy/admin'] });
    expect(() => requireDeclaredWrites(dialect, toySchema({ access: WRITERS }))).toThrow(
      'POST /toy/words asks for toy/writer, toy/admin; its mutation needs toy/writer.',
    );
  });
});

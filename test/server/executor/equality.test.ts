import { globSync, readFileSync } from 'node:fs';
import {
  execute,
  getOperationAST,
  Kind,
  parse,
  typeFromAST,
  validate,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLInputType,
  type OperationDefinitionNode,
} from 'graphql';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defaultTabs } from '../../../src/graphiql/default-tabs.js';
import { CompiledOperation } from '../../../src/server/executor/compiled-operation.js';
import { SYSTEMS } from '../../../src/systems/index.js';
import { Random } from '../../bench/random.js';
import { madeUpDocument, madeUpValue } from './documents.js';
import { seededSchema, type Oddities } from './seeded-schema.js';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const schema = seededSchema(read('schema/schema.graphql'));

/** From data without a fault to data that are hardly right anywhere. */
const ODDITIES: readonly Oddities[] = [
  { errors: 0, nulls: 0, promises: 300 },
  { errors: 3, nulls: 5, promises: 0 },
  { errors: 3, nulls: 5, promises: 300 },
  { errors: 20, nulls: 20, promises: 700 },
];

// graphql-js leaves promises of a list alone when an item fails at once; what they are refused with later is nobody's.
const listeners = process.listeners('unhandledRejection');
beforeAll(() => {
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', () => undefined);
});
afterAll(() => {
  process.removeAllListeners('unhandledRejection');
  for (const listener of listeners) process.on('unhandledRejection', listener);
});

/** An answer as it goes over the wire. */
function worded(result: ExecutionResult): string {
  return JSON.stringify({
    ...result,
    errors: result.errors?.map((error) => ({ ...error.toJSON(), name: error.name })),
  });
}

type Variables = Readonly<Record<string, unknown>>;

/** What graphql-js and the compiled form answer; the latter twice, because what it keeps of the first must not show. */
async function answers(document: DocumentNode, operation: OperationDefinitionNode, variables: Variables, seed: number) {
  const operationName = operation.name?.value ?? null;
  const compiled = new CompiledOperation(schema, document, operation);
  const answered: { interpreted: string; compiled: string; again: string }[] = [];
  for (const oddities of ODDITIES) {
    const context = { seed, oddities };
    const args = { schema, document, operationName, variableValues: variables, rootValue: {}, contextValue: context };
    const interpreted = worded(await execute(args));
    const run = async (): Promise<string> => {
      const result = await compiled.execute({ variables, rootValue: {}, context });
      return result ? worded(result) : interpreted;
    };
    answered.push({ interpreted, compiled: await run(), again: await run() });
  }
  return answered;
}

async function expectEqual(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
  seed: number,
) {
  for (const { interpreted, compiled, again } of await answers(document, operation, variables, seed)) {
    expect(compiled).toBe(interpreted);
    expect(again).toBe(interpreted);
  }
}

function madeUpVariables({ variableDefinitions = [] }: OperationDefinitionNode, seed: number): Variables {
  const random = new Random(seed);
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, type, defaultValue }) => {
      const input = typeFromAST(schema, type as never) as GraphQLInputType;
      const isLeftOut = random.chance(type.kind === Kind.NON_NULL_TYPE && !defaultValue ? 0.02 : 0.3);
      return isLeftOut ? [] : [[variable.name.value, madeUpValue(input, random)]];
    }),
  );
}

describe('a compiled operation answers what graphql-js answers', () => {
  it('to documents that are made up', { timeout: 60_000 }, async () => {
    let valid = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.constantFrom('query', 'mutation'), async (seed, kind) => {
        const root = kind === 'mutation' ? schema.getMutationType() : schema.getQueryType();
        const { document: text, variables } = madeUpDocument(schema, seed, root!);
        const document = parse(text);
        if (validate(schema, document).length > 0) return;
        valid += 1;
        await expectEqual(document, getOperationAST(document, null)!, variables, seed);
      }),
      { numRuns: 300, seed: 8 },
    );
    expect(valid).toBeGreaterThan(90);
  });

  it.each(SYSTEMS.map(({ name }) => name))('to the stored operations of %s', { timeout: 60_000 }, async (name) => {
    const files = globSync(`src/systems/${name}/rest/**/*.graphql`).toSorted();
    const document = parse(files.map(read).join('\n'));
    const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
    expect(operations.length).toBeGreaterThan(0);
    for (const [index, operation] of operations.entries()) {
      for (let turn = 0; turn < 4; turn += 1) {
        await expectEqual(document, operation, madeUpVariables(operation, index * 4 + turn), index * 4 + turn);
      }
    }
  });

  it('to the examples of the explorer', async () => {
    for (const [seed, { query, variables }] of defaultTabs.entries()) {
      const document = parse(query);
      const operation = getOperationAST(document, null)!;
      await expectEqual(document, operation, JSON.parse(variables ?? '{}') as Variables, seed);
    }
  });

  it('to the introspection of explorers', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const document = parse(getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }));
    await expectEqual(document, getOperationAST(document, null)!, {}, 1);
  });
});

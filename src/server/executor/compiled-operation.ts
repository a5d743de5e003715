import {
  getVariableValues,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { ExecutionState, type OperationParts } from './execution-state.js';
import { Planner, runObject, type ObjectPlan } from './plan.js';
import { conditionsOf } from './conditions.js';
import { variableReader, type Variables } from './variables.js';

/** With what an operation is executed. */
export interface ExecutionInput {
  readonly variables: Variables | null | undefined;
  readonly context: unknown;
  readonly rootValue?: unknown;
}

/** As graphql-js has it. */
const MAX_COERCION_ERRORS = 50;
/** Combinations of values of the variables in `@skip` and `@include` that have plans; further ones are interpreted. */
const MAX_PLANS = 16;

/**
 * An operation that was made ready once and is executed often. Answers exactly what graphql-js' `execute` answers, key
 * for key and error for error; `test/server/executor` compares them.
 */
export class CompiledOperation {
  readonly #parts: OperationParts;
  readonly #rootType: GraphQLObjectType;
  readonly #conditions: readonly string[];
  readonly #readVariables: (given: Variables) => Variables | undefined;
  readonly #planners: Planner[] = [];
  readonly #plans = new Map<string, ObjectPlan>();

  /** @param document valid against the schema */
  constructor(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) {
    const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
    }
    const rootType = schema.getRootType(operation.operation);
    if (!rootType) throw new Error(`The schema has no ${operation.operation}.`);
    this.#parts = { schema, operation, fragments };
    this.#rootType = rootType;
    this.#conditions = conditionsOf(operation.selectionSet, fragments);
    this.#readVariables = variableReader(schema, operation.variableDefinitions ?? []);
  }

  /** Fields that were planned so far, for all types and conditions that came up. */
  get fields(): number {
    return this.#planners.reduce((sum, { fields }) => sum + fields, 0);
  }

  /** Executes it; undefined where graphql-js is to do that: for values that have no plan. */
  execute({ variables, context, rootValue }: ExecutionInput): ExecutionResult | Promise<ExecutionResult> | undefined {
    const { operation } = this.#parts;
    const { errors, coerced } = this.#coerced(variables ?? {});
    if (errors) return { errors };
    const plan = this.#planFor(coerced);
    if (!plan) return undefined;
    const execution = new ExecutionState(this.#parts, rootValue, context, coerced);
    try {
      if (operation.operation === OperationTypeNode.MUTATION) runSerially(plan, execution, rootValue);
      else runAtOnce(plan, execution, rootValue);
    } catch (error) {
      execution.fail(error);
    }
    return execution.result();
  }

  #coerced(given: Variables): ReturnType<typeof getVariableValues> {
    const coerced = this.#readVariables(given);
    if (coerced) return { coerced };
    const { schema, operation } = this.#parts;
    return getVariableValues(schema, operation.variableDefinitions ?? [], given, { maxErrors: MAX_COERCION_ERRORS });
  }

  #planFor(variables: Variables): ObjectPlan | undefined {
    let key = '';
    for (const name of this.#conditions) {
      const value = variables[name];
      if (typeof value !== 'boolean') return undefined;
      key += value ? '1' : '0';
    }
    const known = this.#plans.get(key);
    if (known || this.#plans.size >= MAX_PLANS) return known;
    const values = Object.fromEntries(this.#conditions.map((name) => [name, variables[name] as boolean]));
    const planner = new Planner(this.#parts, values);
    const plan = planner.root(this.#rootType);
    this.#planners.push(planner);
    this.#plans.set(key, plan);
    return plan;
  }
}

function runAtOnce(plan: ObjectPlan, execution: ExecutionState, rootValue: unknown): void {
  const data = runObject(plan, execution, rootValue, undefined);
  execution.whenIdle(() => execution.end(data));
}

/** One field after the other, each with all that it brings. */
function runSerially({ blank, runners }: ObjectPlan, execution: ExecutionState, rootValue: unknown): void {
  const data = blank();
  const from = (index: number): void => {
    const run = runners[index];
    if (!run) {
      execution.end(data);
      return;
    }
    run(execution, rootValue, data, undefined);
    execution.whenIdle(() => continued(index + 1));
  };
  const continued = (index: number): void => {
    if (execution.isOver) return;
    try {
      from(index);
    } catch (error) {
      execution.fail(error);
    }
  };
  from(0);
}

import {
  getArgumentValues,
  isNonNullType,
  Kind,
  valueFromAST,
  visit,
  type ArgumentNode,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type ValueNode,
} from 'graphql';
import type { ExecutionState } from './execution-state.js';
import { MISSING, type Variables, WRONG } from './variables.js';

/** Arguments as a resolver takes them. */
type Arguments = Readonly<Record<string, unknown>>;

/** Reads the arguments of a field in an execution. Throws what is wrong with them. */
export type ArgumentReader = (execution: ExecutionState) => Arguments;

const NONE: Arguments = Object.freeze({});

/**
 * How a field's arguments are read: once for all where the document holds them, once per execution where variables do.
 * So all parents of a field are given the same object, which resolvers must leave as it is.
 * @param slot number of this field in the operation
 */
export function argumentReader(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
  slot: number,
): ArgumentReader {
  if (definition.args.length === 0) return () => NONE;
  if (node.arguments?.some(({ value }) => usesVariables(value))) {
    const read = withVariables(definition, node);
    return (execution) => (execution.args[slot] ??= read(execution.variables));
  }
  let known: Arguments | undefined;
  return () => (known ??= getArgumentValues(definition, node, {}));
}

function usesVariables(value: ValueNode): boolean {
  let found = false;
  visit(value, {
    [Kind.VARIABLE]: () => {
      found = true;
    },
  });
  return found;
}

/** The same as `getArgumentValues`, looking only at what variables can change. */
function withVariables(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode,
): (variables: Variables) => Arguments {
  const nodes = new Map(node.arguments?.map((argument) => [argument.name.value, argument]));
  const readers = definition.args.map((argument) => ({
    name: argument.name,
    read: valueReader(argument, nodes.get(argument.name)),
  }));
  return (variables) => {
    const values: Record<string, unknown> = {};
    for (const { name, read } of readers) {
      const value = read(variables);
      if (value === WRONG) return getArgumentValues(definition, node, variables);
      if (value !== MISSING) values[name] = value;
    }
    return values;
  };
}

function valueReader(
  { type, defaultValue }: GraphQLArgument,
  node: ArgumentNode | undefined,
): (variables: Variables) => unknown {
  const isRequired = isNonNullType(type);
  const otherwise = defaultValue === undefined ? (isRequired ? WRONG : MISSING) : defaultValue;
  if (!node) return () => otherwise;
  const { value } = node;
  const checked = (found: unknown): unknown => (found === undefined || (found === null && isRequired) ? WRONG : found);
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value;
    return (variables) => (Object.hasOwn(variables, name) ? checked(variables[name]) : otherwise);
  }
  if (usesVariables(value)) return (variables) => checked(valueFromAST(value, type, variables));
  const constant = checked(valueFromAST(value, type));
  return () => constant;
}

import { getArgumentValues, Kind, visit, type FieldNode, type GraphQLField } from 'graphql';
import type { ExecutionState } from './execution-state.js';

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
  if (usesVariables(node)) {
    return (execution) => (execution.args[slot] ??= getArgumentValues(definition, node, execution.variables));
  }
  let known: Arguments | undefined;
  return () => (known ??= getArgumentValues(definition, node, {}));
}

function usesVariables(node: FieldNode): boolean {
  let found = false;
  for (const argument of node.arguments ?? []) {
    visit(argument, {
      [Kind.VARIABLE]: () => {
        found = true;
      },
    });
  }
  return found;
}

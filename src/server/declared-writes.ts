import { getOperationAST, Kind, OperationTypeNode, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { accessOf, type AccessRule } from '../core/graphql/access.js';
import type { Dialect, Route } from './dialect.js';
import { operationsText } from './operations-text.js';

/**
 * Checks that something says who may use each route that writes. A route runs those mutations that it names and no others
 * (`dialect-runner.ts`), and their rules are enforced behind it. The roles that it asks for before that must be theirs.
 * @throws Error naming the route: a fault of ours, found at start
 */
export function requireDeclaredWrites({ prefix, operations, routes }: Dialect, schema: GraphQLSchema): void {
  const document = parse(operationsText(operations));
  for (const route of routes) {
    const name = `${route.method} ${prefix}${route.uri}`;
    for (const operation of route.operations) {
      for (const [mutation, rule] of rulesOf(document, operation, schema)) {
        if (!rule) throw new Error(`${name}: nothing says who may call ${mutation}.`);
        requireSame(name, route.access, rule.needs);
      }
    }
  }
}

/** The mutations of a stored operation with their rules. */
function rulesOf(
  document: DocumentNode,
  operationName: string,
  schema: GraphQLSchema,
): [name: string, rule: AccessRule | undefined][] {
  const operation = getOperationAST(document, operationName);
  if (operation?.operation !== OperationTypeNode.MUTATION) return [];
  const fields = schema.getMutationType()?.getFields() ?? {};
  return operation.selectionSet.selections.flatMap((selection) => {
    const field = selection.kind === Kind.FIELD ? fields[selection.name.value] : undefined;
    return field ? [[field.name, accessOf(field)]] : [];
  });
}

function requireSame(route: string, asked: Route['access'], needs: AccessRule['needs']): void {
  if (!isRoles(asked) || !isRoles(needs) || asked.toSorted().join() === needs.toSorted().join()) return;
  throw new Error(`${route} asks for ${asked.join(', ')}; its mutation needs ${needs.join(', ')}.`);
}

function isRoles(access: readonly string[] | 'user' | null | undefined): access is readonly string[] {
  return Array.isArray(access);
}

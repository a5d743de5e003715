import { getOperationAST, Kind, visit, type DocumentNode, type OperationDefinitionNode } from 'graphql';
import type { Principal } from '../../core/auth/principal.js';
import { AFTER_ARGUMENT } from '../../core/graphql/subscribed.js';
import type { OperationRequest } from '../execution.js';

/** Documents by number: the same text is the same document while the gate remembers it. */
const numbers = new WeakMap<DocumentNode, number>();
let lastNumber = 0;

/**
 * The same for subscriptions that are shown the same. Where each of them begins is left out: the variables that say so
 * and nothing else.
 */
export function subscriptionKey({ document, operationName, variables }: OperationRequest): string {
  const operation = getOperationAST(document, operationName);
  const given: unknown[] = [];
  for (const { variable } of operation?.variableDefinitions ?? []) {
    const name = variable.name.value;
    if (!variables || !Object.hasOwn(variables, name)) continue;
    if (operation && isBeginning(document, operation, name)) continue;
    given.push(name, variables[name]);
  }
  return JSON.stringify([numberOf(document), operation?.name?.value, given]);
}

/** All of a caller that an answer can depend on. */
export function rightsKey({ userName, userId, admin, roles, readOnly, member }: Principal): string {
  return JSON.stringify([userName, userId, admin, [...roles].sort(), readOnly, member?.system, member?.name]);
}

function numberOf(document: DocumentNode): number {
  let number = numbers.get(document);
  if (number === undefined) numbers.set(document, (number = ++lastNumber));
  return number;
}

/** Whether a variable is the `after` of the subscription and is used nowhere else in its document. */
function isBeginning(document: DocumentNode, { selectionSet }: OperationDefinitionNode, name: string): boolean {
  const [field] = selectionSet.selections;
  if (field?.kind !== Kind.FIELD) return false;
  const after = field.arguments?.find((argument) => argument.name.value === AFTER_ARGUMENT)?.value;
  if (after?.kind !== Kind.VARIABLE || after.name.value !== name) return false;
  let uses = 0;
  visit(document, { Variable: (node) => void (uses += node.name.value === name ? 1 : 0) });
  // The second is its definition.
  return uses === 2;
}

import {
  getNamedType,
  getOperationAST,
  isCompositeType,
  isInterfaceType,
  isListType,
  getNullableType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { CLIENT_LIMITS } from '../core/graphql/context.js';

/** What a list without pages counts as. */
const UNPAGED = 10;

type Variables = Readonly<Record<string, unknown>>;

/**
 * Rows that an operation asks for, were every page of it full: page sizes multiply along the nesting, which neither the
 * depth nor the number of fields bounds.
 * @param document valid against the schema
 */
export function rowsAskedFor(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Variables,
): number {
  const operation = getOperationAST(document, operationName);
  const root = operation && schema.getRootType(operation.operation);
  if (!root) return 0;
  const defaults = (operation.variableDefinitions ?? []).flatMap(({ variable, defaultValue }) =>
    defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
  );
  return new RowCounter(schema, document, { ...Object.fromEntries(defaults), ...variables }).count(
    operation.selectionSet,
    root,
  );
}

class RowCounter {
  readonly #schema: GraphQLSchema;
  readonly #variables: Variables;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #counted = new Map<string, number>();

  constructor(schema: GraphQLSchema, document: DocumentNode, variables: Variables) {
    this.#schema = schema;
    this.#variables = variables;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  count(selections: SelectionSetNode, type: GraphQLNamedType): number {
    let rows = 0;
    for (const selection of selections.selections) {
      if (selection.kind === Kind.FIELD) rows += this.#field(selection, type);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) rows += this.#fragment(selection.name.value);
      else rows += this.#conditional(selection.selectionSet, selection.typeCondition?.name.value, type);
    }
    return rows;
  }

  #field(field: FieldNode, parent: GraphQLNamedType): number {
    const known = isObjectType(parent) || isInterfaceType(parent);
    const definition = known ? parent.getFields()[field.name.value] : undefined;
    if (!definition || !field.selectionSet) return 0;
    const inner = this.count(field.selectionSet, getNamedType(definition.type));
    const size = this.#size(field, definition, parent);
    return size === 1 ? inner : size * (1 + inner);
  }

  /** Rows that a field multiplies by. */
  #size(field: FieldNode, { args, type }: GraphQLField<unknown, unknown>, parent: GraphQLNamedType): number {
    if (args.some(({ name }) => name === 'first')) return this.#pageSize(field);
    const isList = isListType(getNullableType(type)) && isCompositeType(getNamedType(type));
    // The rows of a page were counted with the page.
    return isList && !parent.name.endsWith('Connection') ? UNPAGED : 1;
  }

  #pageSize({ arguments: given = [] }: FieldNode): number {
    for (const { name, value } of given) {
      if (name.value !== 'first' && name.value !== 'last') continue;
      const size =
        value.kind === Kind.VARIABLE ? this.#variables[value.name.value] : 'value' in value && Number(value.value);
      // A size that is refused later must not lower the sum.
      if (typeof size === 'number') return Math.max(0, size);
    }
    return CLIENT_LIMITS.defaultSize;
  }

  #fragment(name: string): number {
    const known = this.#counted.get(name);
    const fragment = this.#fragments.get(name);
    if (known !== undefined || !fragment) return known ?? 0;
    const type = this.#schema.getType(fragment.typeCondition.name.value);
    const rows = type ? this.count(fragment.selectionSet, type) : 0;
    this.#counted.set(name, rows);
    return rows;
  }

  #conditional(selections: SelectionSetNode, condition: string | undefined, parent: GraphQLNamedType): number {
    const type = condition === undefined ? parent : this.#schema.getType(condition);
    return type ? this.count(selections, type) : 0;
  }
}

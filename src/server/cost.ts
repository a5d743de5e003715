import {
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { CLIENT_LIMITS } from '../core/graphql/context.js';

/** What a list without pages counts as. */
const UNPAGED = 10;

/** Under this extension a field says how many rows its answer counts as besides those that it shows. */
export const ROWS_READ = 'rowsRead';

type Variables = Readonly<Record<string, unknown>>;
/** A number of rows: known from the document alone, or only with the variables. */
type Rows = number | ((variables: Variables) => number);
/** The size that a variable gives a page, if it does. */
type PageSize = (variables: Variables) => number | undefined;

/**
 * How many rows an operation asks for with given variables, were every page of it full: page sizes multiply along the
 * nesting, which neither the depth nor the number of fields bounds.
 * @param document valid against the schema
 */
export function rowCost(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): (variables: Variables) => number {
  const root = schema.getRootType(operation.operation);
  const rows = root ? new RowCounter(schema, document, operation).count(operation.selectionSet, root) : 0;
  return typeof rows === 'number' ? () => rows : rows;
}

class RowCounter {
  readonly #schema: GraphQLSchema;
  readonly #defaults: ReadonlyMap<string, number>;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #counted = new Map<string, Rows>();

  constructor(schema: GraphQLSchema, document: DocumentNode, { variableDefinitions = [] }: OperationDefinitionNode) {
    this.#schema = schema;
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
    this.#defaults = new Map(
      variableDefinitions.flatMap(({ variable, defaultValue }) =>
        defaultValue?.kind === Kind.INT ? [[variable.name.value, Number(defaultValue.value)]] : [],
      ),
    );
  }

  count(selections: SelectionSetNode, type: GraphQLNamedType): Rows {
    return sum(
      selections.selections.map((selection) => {
        if (selection.kind === Kind.FIELD) return this.#field(selection, type);
        if (selection.kind === Kind.FRAGMENT_SPREAD) return this.#fragment(selection.name.value);
        return this.#conditional(selection.selectionSet, selection.typeCondition?.name.value, type);
      }),
    );
  }

  #field(field: FieldNode, parent: GraphQLNamedType): Rows {
    const known = isObjectType(parent) || isInterfaceType(parent);
    const definition = known ? parent.getFields()[field.name.value] : undefined;
    if (!definition || !field.selectionSet) return 0;
    const inner = this.count(field.selectionSet, getNamedType(definition.type));
    const rows = multiplied(this.#size(field, definition, parent), inner);
    const read = definition.extensions[ROWS_READ];
    return typeof read === 'number' ? sum([read, rows]) : rows;
  }

  /** Rows that a field multiplies by. */
  #size(field: FieldNode, { args, type }: GraphQLField<unknown, unknown>, parent: GraphQLNamedType): Rows {
    if (args.some(({ name }) => name === 'first')) return this.#pageSize(field);
    const isList = isListType(getNullableType(type)) && isCompositeType(getNamedType(type));
    // The rows of a page were counted with the page.
    return isList && !parent.name.endsWith('Connection') ? UNPAGED : 1;
  }

  #pageSize({ arguments: given = [] }: FieldNode): Rows {
    const sizes = given.flatMap(({ name, value }): (number | PageSize)[] => {
      if (name.value !== 'first' && name.value !== 'last') return [];
      if (value.kind === Kind.VARIABLE) return [this.#variable(value.name.value)];
      return 'value' in value ? [Number(value.value)] : [];
    });
    const [size = CLIENT_LIMITS.defaultSize] = sizes;
    // A size that is refused later must not lower the sum.
    if (typeof size === 'number') return Math.max(0, size);
    return (variables) => {
      const asked = sizes.map((one) => (typeof one === 'number' ? one : one(variables)));
      return Math.max(0, asked.find((one) => one !== undefined) ?? CLIENT_LIMITS.defaultSize);
    };
  }

  #variable(name: string): PageSize {
    const usual = this.#defaults.get(name);
    return (variables) => {
      const value = Object.hasOwn(variables, name) ? variables[name] : usual;
      return typeof value === 'number' ? value : undefined;
    };
  }

  #fragment(name: string): Rows {
    const known = this.#counted.get(name);
    const fragment = this.#fragments.get(name);
    if (known !== undefined || !fragment) return known ?? 0;
    const type = this.#schema.getType(fragment.typeCondition.name.value);
    const rows = type ? this.count(fragment.selectionSet, type) : 0;
    this.#counted.set(name, rows);
    return rows;
  }

  #conditional(selections: SelectionSetNode, condition: string | undefined, parent: GraphQLNamedType): Rows {
    const type = condition === undefined ? parent : this.#schema.getType(condition);
    return type ? this.count(selections, type) : 0;
  }
}

function sum(parts: readonly Rows[]): Rows {
  const fixed = parts.filter((part) => typeof part === 'number').reduce((total, part) => total + part, 0);
  const open = parts.filter((part) => typeof part === 'function');
  if (open.length === 0) return fixed;
  return (variables) => open.reduce((total, part) => total + part(variables), fixed);
}

function multiplied(size: Rows, inner: Rows): Rows {
  if (typeof size === 'number' && typeof inner === 'number') return product(size, inner);
  return (variables) => product(of(size, variables), of(inner, variables));
}

/** A page is its rows and what is below them; a single object is no row. */
function product(size: number, inner: number): number {
  return size === 1 ? inner : size * (1 + inner);
}

function of(rows: Rows, variables: Variables): number {
  return typeof rows === 'number' ? rows : rows(variables);
}

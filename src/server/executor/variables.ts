import {
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  typeFromAST,
  valueFromAST,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLLeafType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';

/** Values of variables as a request brings them, or as fields take them. */
export type Variables = Readonly<Record<string, unknown>>;

/** A value as fields take it, or `WRONG`. */
type Coercion = (value: unknown) => unknown;

/** What a value is that its type does not take. What is to be said of it, graphql-js knows. */
export const WRONG = Symbol('wrong');
/** What a variable or an argument is that nobody gave a value. */
export const MISSING = Symbol('missing');

/**
 * How the values of an operation's variables are made of those that a request brings: the same as graphql-js makes, but
 * of what is given, where graphql-js looks at each field that an input type has. Undefined where a value is wrong.
 */
export function variableReader(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
): (given: Variables) => Variables | undefined {
  const variables = definitions.map((definition) => variableOf(schema, definition));
  return (given) => {
    const values: Record<string, unknown> = {};
    for (const { name, coerce, whenMissing } of variables) {
      const value = Object.hasOwn(given, name) ? coerce(given[name]) : whenMissing();
      if (value === WRONG) return undefined;
      if (value !== MISSING) values[name] = value;
    }
    return values;
  };
}

function variableOf(schema: GraphQLSchema, { variable, type: written, defaultValue }: VariableDefinitionNode) {
  const name = variable.name.value;
  const type = typeFromAST(schema, written as never);
  if (!isInputType(type)) return { name, coerce: () => WRONG, whenMissing: () => WRONG };
  if (!defaultValue)
    return { name, coerce: coercionOf(type), whenMissing: () => (isNonNullType(type) ? WRONG : MISSING) };
  const value: unknown = valueFromAST(defaultValue, type);
  return { name, coerce: coercionOf(type), whenMissing: () => value };
}

/** Made once for each type, when a value of it first comes: types refer to each other in circles. */
const COERCIONS = new WeakMap<GraphQLInputType, Coercion>();

function coercionOf(type: GraphQLInputType): Coercion {
  let known: Coercion | undefined;
  return (value) => (known ??= keptCoercion(type))(value);
}

function keptCoercion(type: GraphQLInputType): Coercion {
  const kept = COERCIONS.get(type) ?? newCoercion(type);
  COERCIONS.set(type, kept);
  return kept;
}

function newCoercion(type: GraphQLInputType): Coercion {
  if (isNonNullType(type)) {
    const inner = coercionOf(type.ofType as GraphQLInputType);
    return (value) => (value === null || value === undefined ? WRONG : inner(value));
  }
  const whole = isListType(type)
    ? listCoercion(coercionOf(type.ofType))
    : isInputObjectType(type)
      ? objectCoercion(type)
      : leafCoercion(type);
  return (value) => (value === null || value === undefined ? null : whole(value));
}

function listCoercion(item: Coercion): Coercion {
  return (value) => {
    // Other iterables, and one value for a list of one, are rare.
    if (!Array.isArray(value)) return WRONG;
    const items = Array.from(value, item);
    return items.includes(WRONG) ? WRONG : items;
  };
}

function leafCoercion(type: GraphQLLeafType): Coercion {
  return (value) => {
    try {
      const parsed: unknown = type.parseValue(value);
      return parsed === undefined ? WRONG : parsed;
    } catch {
      return WRONG;
    }
  };
}

interface InputField {
  readonly name: string;
  readonly place: number;
  readonly coerce: Coercion;
  /** What it is when it is not given: its default value, `WRONG` if it is required, or `MISSING`. */
  readonly otherwise: unknown;
}

/** The fields of an input type, by name, and those that are something even when they are not given. */
interface InputFields {
  readonly byName: ReadonlyMap<string, InputField>;
  readonly implied: readonly InputField[];
}

function objectCoercion(type: GraphQLInputObjectType): Coercion {
  if (type.isOneOf) return () => WRONG;
  const fields = Object.values(type.getFields()).map(inputField);
  const implied = fields.filter(({ otherwise }) => otherwise !== MISSING);
  const all = { byName: new Map(fields.map((field) => [field.name, field])), implied };
  return (value) => (isRecord(value) ? coercedObject(all, value) : WRONG);
}

function inputField({ name, type, defaultValue }: GraphQLInputField, place: number): InputField {
  const otherwise = defaultValue === undefined ? (isNonNullType(type) ? WRONG : MISSING) : defaultValue;
  return { name, place, coerce: coercionOf(type), otherwise };
}

/** With its members in the order of the type's fields, as statements are made of them in that order. */
function coercedObject({ byName, implied }: InputFields, given: Variables): unknown {
  const known = implied.filter(({ name }) => given[name] === undefined);
  for (const name of Object.keys(given)) {
    const field = byName.get(name);
    if (!field) return WRONG;
    if (given[name] !== undefined) known.push(field);
  }
  if (known.length > 1) known.sort((one, other) => one.place - other.place);
  const values: Record<string, unknown> = {};
  for (const { name, coerce, otherwise } of known) {
    const value = given[name] === undefined ? otherwise : coerce(given[name]);
    if (value === WRONG) return WRONG;
    values[name] = value;
  }
  return values;
}

function isRecord(value: unknown): value is Variables {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

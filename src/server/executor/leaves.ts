import {
  GraphQLBoolean,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  type GraphQLEnumType,
  type GraphQLLeafType,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import { SafeInt } from '../../core/graphql/scalars.js';

/** Makes a value of a leaf type into what is answered; null for none. Throws what goes wrong with it. */
export type Serializer = (value: unknown) => unknown;

/** Values that a type answers as they are, told without asking it. */
const AS_THEY_ARE = new Map<GraphQLLeafType, (value: unknown) => boolean>([
  [GraphQLString, (value) => typeof value === 'string'],
  [GraphQLID, (value) => typeof value === 'string'],
  [GraphQLBoolean, (value) => typeof value === 'boolean'],
  [GraphQLInt, (value) => typeof value === 'number' && (value | 0) === value],
  [SafeInt, (value) => Number.isSafeInteger(value)],
]);

/** The serializer of a leaf type. */
export function serializerOf(type: GraphQLLeafType): Serializer {
  const isFinal = AS_THEY_ARE.get(type);
  if (isFinal) return (value) => (isFinal(value) ? value : serialize(type, value));
  return isEnumType(type) ? enumSerializer(type) : (value) => serialize(type, value);
}

function enumSerializer(type: GraphQLEnumType): Serializer {
  const names = new Map(type.getValues().map(({ name, value }) => [value as unknown, name]));
  return (value) => names.get(value) ?? serialize(type, value);
}

function serialize(type: GraphQLLeafType, value: unknown): unknown {
  if (value instanceof Error) throw value;
  if (value === null || value === undefined) return null;
  const serialized: unknown = type.serialize(value);
  if (serialized === null || serialized === undefined) {
    const call = `${inspect(type)}.serialize(${inspect(value)})`;
    throw new Error(`Expected \`${call}\` to return non-nullable value, returned: ${inspect(serialized)}`);
  }
  return serialized;
}

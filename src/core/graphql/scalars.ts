import { GraphQLError, GraphQLScalarType, Kind as AstKind } from 'graphql';
import { GraphQLJSON, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { formatTime, parseTime } from '../time.js';

/** A time, outside ISO 8601 text, inside microseconds since 1970. */
export const DateTime = new GraphQLScalarType<number, string>({
  name: 'DateTime',
  description:
    'A time in UTC as ISO 8601 text, such as 2019-08-01T06:30:46Z; six digits of fraction where it is not zero. Input may carry any offset.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time',
  serialize: (value) => formatTime(value as number),
  parseValue: (value) => toMicros(value),
  parseLiteral: (node) => toMicros(node.kind === AstKind.STRING ? node.value : undefined),
});

function toMicros(value: unknown): number {
  const micros = typeof value === 'string' ? parseTime(value) : null;
  if (micros === null) throw new GraphQLError('DateTime: not a time such as 2019-08-01T06:30:46Z.');
  return micros;
}

/** Integers up to 2^53-1: ids and counts do not fit GraphQL's 32-bit Int. */
export const SafeInt = GraphQLSafeInt;
/** Any JSON value. */
export const Json = GraphQLJSON;
/** A JSON object. */
export const JsonObject = GraphQLJSONObject;

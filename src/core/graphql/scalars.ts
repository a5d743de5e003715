import { GraphQLError, GraphQLScalarType, Kind as AstKind } from 'graphql';
import { GraphQLJSON, GraphQLJSONObject, GraphQLSafeInt } from 'graphql-scalars';
import { formatOffsetTime, formatTime, parseOffsetTime, parseTime, type OffsetTime } from '../time.js';

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

/** A time and the offset of its clock; outside RFC 3339 text, inside `OffsetTime`. */
export const OffsetDateTime = new GraphQLScalarType<OffsetTime, string>({
  name: 'OffsetDateTime',
  description:
    'A time with the UTC offset that it was given with, as RFC 3339 text, such as 2009-10-20T10:20:00-05:00; +00:00 for UTC, six digits of fraction where it is not zero. Years 1685 to 2254.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc3339',
  serialize: (value) => formatOffsetTime(value as OffsetTime),
  parseValue: (value) => toOffsetTime(value),
  parseLiteral: (node) => toOffsetTime(node.kind === AstKind.STRING ? node.value : undefined),
});

function toOffsetTime(value: unknown): OffsetTime {
  const time = typeof value === 'string' ? parseOffsetTime(value) : null;
  if (time) return time;
  throw new GraphQLError(
    'OffsetDateTime: not a time such as 2009-10-20T10:20:00-05:00, between the years 1685 and 2254.',
  );
}

/** Integers up to 2^53-1: ids and counts do not fit GraphQL's 32-bit Int. */
export const SafeInt = GraphQLSafeInt;
/** Any JSON value. */
export const Json = GraphQLJSON;
/** A JSON object. */
export const JsonObject = GraphQLJSONObject;

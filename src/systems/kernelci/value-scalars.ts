import { Float } from 'type-graphql';
import { DateTime, Json, SafeInt } from '../../core/graphql/scalars.js';
import type { FieldType } from './vocabulary.js';

/** What members of documents are in the schema, as they are shown and as they are given. */
export const VALUE_SCALARS: Readonly<Record<FieldType, () => object>> = {
  text: () => String,
  integer: () => SafeInt,
  float: () => Float,
  boolean: () => Boolean,
  time: () => DateTime,
  duration: () => Float,
  oid: () => String,
  oids: () => [String],
  texts: () => [String],
  json: () => Json,
};

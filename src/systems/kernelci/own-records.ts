import type { KeptToken } from '../../core/auth/kept-token.js';
import type { SqlValue } from '../../core/store/sql.js';
import { columnValues, restOf, type KernelciDocument } from './documents.js';
import { LAB, TOKEN, type Collection } from './fields.js';
import { PROPERTY_COUNT } from './permissions.js';

/** Rows of the tables that only this system has, worked out from documents. */

/** Columns of a document without a state. */
export function ownValues(collection: Collection, document: KernelciDocument): Map<string, SqlValue> {
  const values = new Map<string, SqlValue>(columnValues(collection, document));
  return values.set('rest', restOf(collection, document)).set('document', JSON.stringify(document));
}

/** Columns of a lab. */
export function labValues(document: KernelciDocument): Map<string, SqlValue> {
  const values = ownValues(LAB, document);
  return values.set('private', values.get('private') ?? false);
}

/** Columns of a token; the document must be without the token itself. */
export function tokenValues(document: KernelciDocument, kept: KeptToken): Map<string, SqlValue> {
  const values = ownValues(TOKEN, document);
  values.set('token_hash', kept.hash).set('token_sealed', kept.sealed);
  values.set('email', values.get('email') ?? '').set('expired', values.get('expired') ?? false);
  return values.set('properties', bitsOf(document['properties']));
}

/** The flags of a token as one number: bit n is element n. */
export function bitsOf(properties: unknown): number {
  const flags = Array.isArray(properties) ? properties.slice(0, PROPERTY_COUNT) : [];
  return flags.reduce<number>((bits, flag, index) => (flag === 1 || flag === true ? bits | (1 << index) : bits), 0);
}

/** The elements of `properties` that a number stands for. */
export function flagsOf(bits: number): number[] {
  return Array.from({ length: PROPERTY_COUNT }, (_, index) => (bits >> index) & 1);
}

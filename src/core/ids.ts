import { BuildgateError } from './errors.js';
import type { System } from './model/states.js';
import { Kind } from './model/states.js';

/**
 * Internal ids are computed, not looked up: `number * 16 + system`, where `number` is the record's own number in its
 * system (the legacy id where that is an integer, a counter otherwise). So references inside an import resolve without
 * a map in memory, and ascending ids of one system are its own order.
 */
const SYSTEMS = 16;

/** Largest number whose internal id a JavaScript number and a 64-bit column hold exactly. */
export const MAX_RECORD_NUMBER = Math.floor(Number.MAX_SAFE_INTEGER / SYSTEMS) - 1;

/** Internal id of the record with this number (0 to MAX_RECORD_NUMBER) in this system. */
export function recordId(system: System, number: number): number {
  return number * SYSTEMS + system;
}

/** The number within its system that an internal id was made of. */
export function recordNumber(id: number): number {
  return Math.floor(id / SYSTEMS);
}

/** The system of the record with this internal id. */
export function recordSystem(id: number): System {
  return id % SYSTEMS;
}

const KIND_TAGS: ReadonlyMap<string, Kind> = new Map([
  ['E', Kind.EVENT],
  ['B', Kind.BUILD],
  ['J', Kind.JOB],
]);
const GLOBAL_ID = /^([A-Z])([1-9][0-9]{0,15})$/;

/** Types of node besides the three kinds of record. */
export type NodeTag = 'E' | 'B' | 'J' | 'P' | 'U';

/** The opaque id that GraphQL shows. */
export function globalId(tag: NodeTag, id: number): string {
  return Buffer.from(`${tag}${id}`).toString('base64url');
}

/** Tag of the global ids of a kind of record. */
export function tagOf(kind: Kind): NodeTag {
  return kind === Kind.EVENT ? 'E' : kind === Kind.BUILD ? 'B' : 'J';
}

/** Reads a global id; null when it is none. Only the canonical spelling is accepted. */
export function parseGlobalId(text: string): { tag: string; id: number } | null {
  const match = GLOBAL_ID.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (!match) return null;
  const [, tag = '', digits = ''] = match;
  const id = Number(digits);
  return Number.isSafeInteger(id) && globalId(tag as NodeTag, id) === text ? { tag, id } : null;
}

/**
 * Internal id of a record of the kind that an argument must name.
 * @throws BuildgateError INVALID naming the argument when the text is no id of that kind
 */
export function requireRecordId(kind: Kind, text: string, argument: string): number {
  const parsed = parseGlobalId(text);
  if (!parsed || KIND_TAGS.get(parsed.tag) !== kind) {
    throw new BuildgateError(
      'INVALID',
      `${argument}: not the id of ${kind === Kind.EVENT ? 'an event' : `a ${Kind[kind].toLowerCase()}`}.`,
    );
  }
  return parsed.id;
}

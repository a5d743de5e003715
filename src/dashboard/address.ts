import type { System } from './operations/documents.js';
import { SYSTEMS } from './records/words.js';

/** One record, by its kind and key. */
export interface RecordAddress {
  readonly name: 'event' | 'build' | 'job';
  readonly system: System;
  readonly legacyId: string;
}

/** Which page an address shows. */
export type Page = { readonly name: 'list' } | { readonly name: 'charts' } | { readonly name: 'usage' } | RecordAddress;

/** Path of the charts. */
export const CHARTS_PATH = '/charts';

/** Path of the page that shows which clients call which old routes. */
export const USAGE_PATH = '/usage';

const RECORD_PATH = /^\/(event|build|job)\/([a-z]+)\/(.+)$/;

/** The page of a path. */
export function pageOf(path: string): Page {
  if (path === CHARTS_PATH) return { name: 'charts' };
  if (path === USAGE_PATH) return { name: 'usage' };
  const [, name, systemName, key = ''] = RECORD_PATH.exec(path) ?? [];
  const system = SYSTEMS.find((one) => one.toLowerCase() === systemName);
  if (name === undefined || system === undefined) return { name: 'list' };
  return { name: name as 'event' | 'build' | 'job', system, legacyId: decodeURIComponent(key) };
}

/** Path of the page of a record. */
export function pathOf(kind: 'event' | 'build' | 'job', record: { system: System; legacyId: string }): string {
  return `/${kind}/${record.system.toLowerCase()}/${encodeURIComponent(record.legacyId)}`;
}

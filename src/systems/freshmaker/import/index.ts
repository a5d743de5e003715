import type { SystemImport } from '../../../core/import/run.js';
import { System } from '../../../core/model/states.js';
import { LiveSource } from './live.js';
import { ARRAYS, FreshmakerImportSession } from './session.js';

/** Freshmaker's import: a file in the format of contract freshmaker, section 12, or the URL of a running server. */
export const FRESHMAKER_IMPORT: SystemImport = {
  system: System.FRESHMAKER,
  arrays: ARRAYS,
  live: (url) => new LiveSource(url),
  start: (connection) => FreshmakerImportSession.start(connection),
};

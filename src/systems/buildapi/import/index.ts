import type { SystemImport } from '../../../core/import/run.js';
import { System } from '../../../core/model/states.js';
import { ARRAYS, ATTEMPT_NUMBERS, BuildapiImportSession } from './session.js';

/** Buildapi's import: a file in the format of contract buildapi, section 13. */
export const BUILDAPI_IMPORT: SystemImport = {
  system: System.BUILDAPI,
  arrays: ARRAYS,
  numberKinds: [ATTEMPT_NUMBERS],
  start: (connection) => BuildapiImportSession.start(connection),
};

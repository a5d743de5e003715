import type { SystemImport } from '../../../core/import/run.js';
import { System } from '../../../core/model/states.js';
import { BUILD_ID_NUMBERS } from '../names.js';
import { ARRAYS, DevmasonImportSession } from './session.js';

/** Devmason's import: a file in the format of contract devmason, section 10. */
export const DEVMASON_IMPORT: SystemImport = {
  system: System.DEVMASON,
  arrays: ARRAYS,
  numberKinds: [BUILD_ID_NUMBERS],
  start: (connection) => DevmasonImportSession.start(connection),
};

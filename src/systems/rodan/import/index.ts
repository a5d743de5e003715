import type { SystemImport } from '../../../core/import/run.js';
import { System } from '../../../core/model/states.js';
import { ARRAYS, RodanImportSession } from './session.js';

/** Kind of the numbers of users; whoever gives one holds the counter. */
const USER_NUMBERS = 4;

/** Rodan's import: a file in the format of contract rodan, section 14. */
export const RODAN_IMPORT: SystemImport = {
  system: System.RODAN,
  arrays: ARRAYS,
  numberKinds: [USER_NUMBERS],
  start: (connection, secrets) => RodanImportSession.start(connection, secrets),
};

import { BuildgateError } from '../../../core/errors.js';
import type { SystemImport } from '../../../core/import/run.js';
import { System } from '../../../core/model/states.js';

/** Buildapi's import (contract buildapi, section 13). */
export const BUILDAPI_IMPORT: SystemImport = {
  system: System.BUILDAPI,
  arrays: { wanted: ['branches'], required: ['branches'] },
  start: () => Promise.reject(new BuildgateError('INVALID', 'buildapi: its data cannot be imported yet.')),
};

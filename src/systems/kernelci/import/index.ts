import type { SystemImport } from '../../../core/import/run.js';
import { System } from '../../../core/model/states.js';
import { ARRAYS, KernelciImportSession } from './session.js';

/** Kernel CI's import: a file in the format of contract kernelci, section 11. */
export const KERNELCI_IMPORT: SystemImport = {
  system: System.KERNELCI,
  arrays: ARRAYS,
  start: (connection, secrets) => KernelciImportSession.start(connection, secrets),
};

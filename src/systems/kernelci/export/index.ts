import type { SystemExport } from '../../../core/export/run.js';
import { COLLECTIONS, TOKEN } from '../fields.js';
import { documents } from './documents.js';
import { tokens } from './tokens.js';

/** Kernel CI's export: what its import takes (contract kernelci, section 11). */
export const KERNELCI_EXPORT: SystemExport = (context) => {
  const others = Object.values(COLLECTIONS).filter((collection) => collection !== TOKEN);
  return [tokens(context), ...others.map(documents)];
};

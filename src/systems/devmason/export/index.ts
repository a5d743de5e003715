import type { SystemExport } from '../../../core/export/run.js';
import { builds } from './builds.js';
import { buildRequests, projects, users } from './records.js';

/** Devmason's export: what its import takes (contract devmason, section 10). */
export const DEVMASON_EXPORT: SystemExport = () => [users, projects, builds, buildRequests];

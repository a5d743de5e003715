import type { SystemExport } from '../../../core/export/run.js';
import { branches, builders } from './branches.js';
import { jobs } from './jobs.js';
import { builds, changes, requests } from './records.js';

/** Buildapi's export: what its import takes (contract buildapi, section 13). */
export const BUILDAPI_EXPORT: SystemExport = ({ remarks }) => [
  branches,
  builders,
  changes,
  requests,
  builds,
  jobs(remarks),
];

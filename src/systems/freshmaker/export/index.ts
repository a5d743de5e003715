import type { SystemExport } from '../../../core/export/run.js';
import { images, repositories } from './catalogue.js';
import { permissions } from './permissions.js';
import { builds, events } from './records.js';

/** Freshmaker's export: what its import takes (contract freshmaker, section 12). */
export const FRESHMAKER_EXPORT: SystemExport = () => [events, builds, permissions, repositories, images];

import { BUILDAPI_IMPORT } from '../../../src/systems/buildapi/import/index.js';
import { openImportDatabase, SHARED_TABLES, type ImportDatabase as Opened } from '../../support/import-database.js';

/** All tables that an import could touch, and what tells their rows' order. */
const TABLES = {
  ...SHARED_TABLES,
  buildapi_attempt: 'id',
  buildapi_request_change: 'request_id, change_id',
  buildapi_branch: 'name',
  buildapi_builder: 'branch, name',
} as const;

/** A migrated database with a store to look into it. */
export type ImportDatabase = Opened<keyof typeof TABLES>;

export function importDatabase(): Promise<ImportDatabase> {
  return openImportDatabase(BUILDAPI_IMPORT, TABLES);
}

import { objectText } from '../../../core/export/json-object.js';
import { bytesOf } from '../../../core/export/pages.js';
import { tableArray } from '../../../core/export/run.js';
import { parseExact } from '../../../core/json.js';
import { raw } from '../../../core/store/sql.js';

interface BranchRow {
  readonly name: string;
  readonly attributes: string;
}

/** Known branches with all that is said of them. */
export const branches = tableArray<BranchRow>({
  key: 'branches',
  name: { one: 'branch', many: 'branches' },
  source: {
    select: raw('name AS name, attributes AS attributes'),
    from: raw('buildapi_branch'),
    key: ['name'],
    weight: bytesOf('attributes'),
  },
  elements: (rows) =>
    rows.map(({ name, attributes }) => objectText({ name, ...(parseExact(attributes) as Record<string, unknown>) })),
});

interface BuilderRow {
  readonly branch: string;
  readonly name: string;
}

/** Builders of branches. */
export const builders = tableArray<BuilderRow>({
  key: 'builders',
  name: { one: 'builder', many: 'builders' },
  source: {
    select: raw('branch AS branch, name AS name'),
    from: raw('buildapi_builder'),
    key: ['branch', 'name'],
    weight: raw('0'),
  },
  elements: (rows) => rows.map(({ branch, name }) => objectText({ name, branch })),
});

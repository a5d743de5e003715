import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { RecordList } from '../../../src/core/list/fields.js';
import type { Store } from '../../../src/core/store/store.js';
import { insertRows, TEXTS, type Row, type Tables } from '../world.js';

/** A table whose JSON column holds what has no column of its own. */

const rest = { column: 'rest', nullable: true, description: '' } as const;
const MEMBERS = {
  plan: { ...rest, member: 'plan', type: 'text' },
  index: { ...rest, member: 'index', type: 'integer' },
  time: { ...rest, member: 'time', type: 'float' },
  at: { ...rest, member: 'at', type: 'time' },
  private: { ...rest, member: 'private', type: 'boolean' },
} as const;
const COLUMNS = {
  job: { column: 'job', type: 'text', nullable: true, description: '' },
  kernel: { column: 'kernel', type: 'text', nullable: true, description: '' },
} as const;
const ID = { column: 'id', type: 'integer', nullable: false, description: '' } as const;

/** Test cases as the engine sees them. */
export const DOCUMENTS = new RecordList(null, 'kernelci_test_case', {
  columns: { id: 'id', oid: 'oid' },
  fields: { ...COLUMNS, ...MEMBERS },
  orders: {
    LEGACY_ID: ID,
    JOB: COLUMNS.job,
    PLAN: MEMBERS.plan,
    INDEX: MEMBERS.index,
    TIME: MEMBERS.time,
    AT: MEMBERS.at,
    PRIVATE: MEMBERS.private,
  },
});

function pick<Value>(values: readonly Value[], index: number): Value {
  return values[index % values.length] as Value;
}

/** A row whose members are sometimes null and sometimes missing. */
function documentRow(number: number): Row {
  const members = {
    plan: number % 5 === 0 ? null : pick(TEXTS, number * 7),
    ...(number % 4 === 0 ? {} : { index: pick([0, -1, 3, 2 ** 53 - 1, 3], number) }),
    time: pick([null, 0.5, -2.25, 1e-7, 1e300, 3], number),
    ...(number % 3 === 0 ? {} : { at: 1_421_402_188_347_000 + (number % 6) }),
    private: pick([null, true, false], number >> 1),
    unasked: [{ plan: 'inner' }],
  };
  return {
    id: number,
    oid: String(number),
    created_at: number,
    job: pick(['next', 'mainline', null, "it's"], number),
    kernel: pick(['v1', 'v2', null], number >> 2),
    rest: JSON.stringify(members),
    document: '{}',
  };
}

/** Stores so many rows and gives them back. */
export async function createDocuments(store: Store, count: number): Promise<Tables> {
  const rows = Array.from({ length: count }, (_, index) => documentRow(index + 1));
  await store.transact(ANONYMOUS, (transaction) => insertRows(transaction, DOCUMENTS.table, rows));
  return { [DOCUMENTS.table]: rows };
}

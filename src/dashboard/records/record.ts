import type { State, System } from '../operations/documents.js';

/** What the page shows of an event, a build or a job in a list. */
export interface RecordRow {
  readonly id: string;
  readonly system: System;
  readonly legacyId: string;
  readonly name: string;
  readonly state: State;
  readonly stateReason?: string | null;
  readonly requester?: string | null;
  /** When it was recorded; null where the old system did not keep that. */
  readonly recordedAt?: string | null;
  readonly startedAt?: string | null;
  readonly finishedAt?: string | null;
  readonly project?: { readonly legacyId: string; readonly name: string } | null;
  /** Of a build. */
  readonly event?: Related | null;
  /** Of a job. */
  readonly build?: Related | null;
  /** Whether it was deleted while it was shown. */
  readonly isDeleted?: boolean;
}

/** The record that another one belongs to. */
export interface Related {
  readonly id: string;
  readonly legacyId: string;
  readonly name: string;
}

/** A state change as subscriptions bring it, with the record as it is when it comes. */
export interface RecordChange<Row extends RecordRow = RecordRow> {
  readonly cursor: string;
  readonly at: string;
  /** Null when the record was created. */
  readonly from?: State | null;
  readonly to: State;
  readonly deleted: boolean;
  readonly recordId: string;
  /** Null when the record was deleted. */
  readonly record?: Row | null;
}

/** The row of a record after a change of it. */
export function changedRow<Row extends RecordRow>(row: Row, { record, to }: RecordChange<Row>): Row {
  return record ?? { ...row, state: to, isDeleted: true };
}

/** Rows after changes; those that changed, by id, with the cursor of their last change. */
export function changedRows<Row extends RecordRow>(
  rows: readonly Row[],
  changes: readonly RecordChange<Row>[],
): { readonly rows: readonly Row[]; readonly changed: ReadonlyMap<string, string> } {
  const changed = new Map<string, string>();
  const byId = new Map(rows.map((row) => [row.id, row]));
  for (const change of changes) {
    const row = byId.get(change.recordId);
    if (!row) continue;
    byId.set(row.id, changedRow(row, change));
    changed.set(row.id, change.cursor);
  }
  return { rows: changed.size === 0 ? rows : rows.map((row) => byId.get(row.id) ?? row), changed };
}

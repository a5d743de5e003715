import { performance } from 'node:perf_hooks';
import type { Reader } from './reader.js';
import type { Sql, SqlValue } from './sql.js';

/** A statement outside of transactions that has been answered. */
export interface FinishedRead {
  /** With the placeholders of the database. */
  readonly text: string;
  readonly values: readonly SqlValue[];
  /** How many rows it gave. */
  readonly rows: number;
  /** How long it took as its caller sees it, with the wait for a connection, in milliseconds. */
  readonly ms: number;
}

/** The reader, telling of each statement that was answered, in the asynchronous context of who asked. */
export function telling(reader: Reader, onRead: (read: FinishedRead) => void): Reader {
  const { dialect } = reader;
  return {
    dialect,
    all: async <Row extends object>(statement: Sql) => {
      const begun = performance.now();
      const rows = await reader.all<Row>(statement);
      const { values } = statement;
      onRead({ text: statement.text(dialect), values, rows: rows.length, ms: performance.now() - begun });
      return rows;
    },
  };
}

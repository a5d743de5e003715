import type { Row } from '../bench.ts';
import { BROKER_ROW } from './broker.ts';
import { CHANGES_ROWS } from './changes.ts';
import { DASHBOARD_ROW } from './dashboard.ts';
import { FAN_OUT_ROW } from './fan-out.ts';
import { GRAPHQL_ROWS } from './graphql.ts';
import { IMPORT_ROW } from './import.ts';
import { PAGE_ROWS } from './pages.ts';
import { POSTGRAPHILE_ROW } from './postgraphile.ts';
import { SIZE_ROWS } from './size.ts';
import { START_ROW } from './start.ts';
import { TEXT_ROWS } from './text.ts';

/** All lines of the table, in their order. */
export const ROWS: readonly Row[] = [
  ...PAGE_ROWS,
  ...GRAPHQL_ROWS,
  POSTGRAPHILE_ROW,
  ...SIZE_ROWS,
  ...TEXT_ROWS,
  DASHBOARD_ROW,
  FAN_OUT_ROW,
  ...CHANGES_ROWS,
  IMPORT_ROW,
  BROKER_ROW,
  START_ROW,
];

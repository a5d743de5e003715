/** Rows that one point stands for: about the work of an ordinary request. */
const ROWS_PER_POINT = 1_000;

/** What a GraphQL operation costs. @param rows that it asks for, were every page full */
export function operationPoints(rows: number): number {
  return 1 + Math.floor(rows / ROWS_PER_POINT);
}

/**
 * Which transactions of others a snapshot sees as committed, as text: equal texts mean equal sets. A snapshot sees all
 * that come before its end but those still running. At the end, those of our own make no difference, nor do those that
 * run; so the end goes back over them.
 * @param snapshot PostgreSQL's `xmin:xmax:running,running`
 * @param own numbers of transactions that do not count
 */
export function foreignSnapshot(snapshot: string, own: ReadonlySet<number>): string {
  const [, xmax = '', list = ''] = snapshot.split(':');
  const listed = list === '' ? [] : list.split(',').map(Number);
  const running = new Set(listed.filter((transaction) => !own.has(transaction)));
  let end = Number(xmax);
  while (own.has(end - 1) || running.has(end - 1)) {
    end -= 1;
    running.delete(end);
  }
  return `${end}:${[...running].join(',')}`;
}

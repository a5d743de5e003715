/** A table, and one that its rows refer to. */
export type Reference = readonly [child: string, parent: string];

/** Names so that every table comes behind those that it refers to; otherwise in their order. References may not form a ring. */
export function inOrder(names: readonly string[], references: readonly Reference[]): string[] {
  const parents = Map.groupBy(references, ([child]) => child);
  const placed = new Set<string>();
  const place = (name: string, path: readonly string[]): void => {
    if (placed.has(name)) return;
    if (path.includes(name)) throw new Error(`Tables refer to each other: ${[...path, name].join(', ')}.`);
    for (const [, parent] of parents.get(name) ?? []) if (parent !== name) place(parent, [...path, name]);
    placed.add(name);
  };
  for (const name of names) place(name, []);
  return [...placed];
}

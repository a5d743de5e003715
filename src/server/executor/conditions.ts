import { Kind, type FragmentDefinitionNode, type SelectionNode, type SelectionSetNode } from 'graphql';

/** The variables that `@skip` and `@include` ask anywhere in a selection, with its fragments. */
export function conditionsOf(
  selections: SelectionSetNode,
  fragments: Readonly<Record<string, FragmentDefinitionNode>>,
): readonly string[] {
  const names = new Set<string>();
  const seen = new Set<string>();
  const walk = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      for (const name of variablesOf(selection)) names.add(name);
      if (selection.kind !== Kind.FRAGMENT_SPREAD) {
        if (selection.selectionSet) walk(selection.selectionSet);
        continue;
      }
      const fragment = seen.has(selection.name.value) ? undefined : fragments[selection.name.value];
      seen.add(selection.name.value);
      if (fragment) walk(fragment.selectionSet);
    }
  };
  walk(selections);
  return [...names];
}

function variablesOf({ directives = [] }: SelectionNode): string[] {
  return directives
    .filter(({ name }) => name.value === 'skip' || name.value === 'include')
    .flatMap(({ arguments: given = [] }) => given.map(({ value }) => value))
    .flatMap((value) => (value.kind === Kind.VARIABLE ? [value.name.value] : []));
}

import type { FieldNode } from 'graphql';

/** What holds the values of an answer: an object by response names, or a list by indexes. */
export type Holder = Record<string | number, unknown>;

/**
 * Where in an answer a value belongs. Has the members of graphql-js' `Path`, so that resolvers may read it as one.
 * Made for objects and lists; for a leaf only when something goes wrong with it.
 */
export class Place {
  /** How many promises its value took, which decides when its failure shows beside others. */
  awaits = 0;

  constructor(
    readonly prev: Place | undefined,
    readonly key: string | number,
    /** Name of the object type whose field it is; undefined for an item of a list. */
    readonly typename: string | undefined,
    readonly holder: Holder,
    /** What an error here points at in the document. */
    readonly field: { readonly nodes: readonly FieldNode[] },
    /** Whether an error ends here, with null in its place. */
    readonly nullable: boolean,
  ) {}
}

/** The path of a place as errors tell it. */
export function pathOf(place: Place | undefined): (string | number)[] {
  const path: (string | number)[] = [];
  for (let at = place; at; at = at.prev) path.unshift(at.key);
  return path;
}

/** The field of an object that a place is or is inside of; undefined where it is outside. The whole answer is undefined. */
export function fieldWithin(place: Place | undefined, object: Place | undefined): Place | undefined {
  for (let at = place; at; at = at.prev) if (at.prev === object) return at;
  return undefined;
}

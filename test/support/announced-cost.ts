/** What answers of clients' operations say of their cost. */
export interface AnnouncedCost {
  readonly requested: number;
  readonly actual: number;
  readonly limit: number;
}

const MEMBERS = ['requested', 'actual', 'limit'] as const;

/**
 * An answer without its `extensions.cost`, which belongs to each that was let in; the rest of it is what most tests
 * compare. Checks that there is nothing else in `extensions` and that a cost is three whole numbers.
 */
export function withoutCost<Answer>(answer: Answer): Answer {
  if (typeof answer !== 'object' || answer === null || !('extensions' in answer)) return answer;
  const { extensions, ...rest } = answer as { extensions: { cost: AnnouncedCost } };
  const { cost, ...others } = extensions;
  const isWhole = MEMBERS.every((member) => Number.isSafeInteger(cost?.[member]) && cost[member] >= 0);
  if (!isWhole || Object.keys(cost).length !== MEMBERS.length || Object.keys(others).length > 0) {
    throw new Error(`These extensions are no cost: ${JSON.stringify(extensions)}`);
  }
  return rest as Answer;
}

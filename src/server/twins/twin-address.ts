/**
 * Where GraphiQL opens a stored operation with its variables: `/graphiql?operation=freshmaker/FreshmakerBuild&variables=…`,
 * the variables as JSON.
 * @param gateway address of the gateway's own pages, without a slash at the end
 * @returns undefined when it would be longer than `room` characters; what is far too long is not even written as JSON
 */
export function twinAddress(
  gateway: string,
  operation: { readonly system: string; readonly name: string },
  variables: Readonly<Record<string, unknown>>,
  room: number,
): string | undefined {
  if (roomAfter(variables, room) < 0) return undefined;
  const text = JSON.stringify(variables);
  const query = text === '{}' ? '' : `&variables=${encodeURIComponent(text)}`;
  const address = `${gateway}/graphiql?operation=${operation.system}/${operation.name}${query}`;
  return address.length > room ? undefined : address;
}

/** What is left of so many characters after the JSON of a value, which takes at least what is counted here. */
function roomAfter(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length;
  if (typeof value === 'bigint') return -1;
  if (typeof value !== 'object' || value === null) return room - 1;
  let left = room - 2;
  for (const member of Object.values(value)) {
    if (left < 0) return left;
    left = roomAfter(member, left - 1);
  }
  return left;
}

/** JSON that is there as text already, and goes into what is written as it is. */
export class JsonText {
  constructor(readonly text: string) {}
}

/** A member of an object: JSON text, or any value that JSON has; a member that is undefined is left out. */
export type Members = Readonly<Record<string, unknown>>;

/** The JSON text of an object. */
export function objectText(members: Members): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(members)) {
    if (value === undefined) continue;
    parts.push(`${JSON.stringify(name)}:${value instanceof JsonText ? value.text : JSON.stringify(value)}`);
  }
  return `{${parts.join(',')}}`;
}

/** The JSON text of a list of texts that are JSON each. */
export function listText(texts: readonly string[]): JsonText {
  return new JsonText(`[${texts.join(',')}]`);
}

/** What went wrong, for people. */
export function faultText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Text as a terminal may have it: data and names of files may hold anything, and a terminal obeys control characters. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are the characters to take out
  return text.replace(/[\u0000-\u001F\u007F-\u009F\u2028\u2029]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

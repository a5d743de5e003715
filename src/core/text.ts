/**
 * Text without letter case, for comparisons: in capitals, where letters are the same that have several small forms (a
 * sigma at the end of a word) or none of one letter (`ß`).
 */
export function foldCase(text: string): string {
  return text.toUpperCase();
}

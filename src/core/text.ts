/**
 * Text without letter case, for comparisons. Lower-casing writes a sigma at the end of a word differently; here it is
 * one letter everywhere, so that a part of a text is found in it whatever follows.
 */
export function foldCase(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}

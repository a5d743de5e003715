/** Tags as they are kept: cut at commas, trimmed, without empty ones and repeats (contract devmason, section 7.3). */
export function splitTags(texts: readonly string[]): Set<string> {
  const parts = texts.flatMap((text) => text.split(',')).map((part) => part.trim());
  return new Set(parts.filter((part) => part !== ''));
}

/** Tags by their parts between hyphens. */
interface TagNode {
  readonly parts: Map<string, TagNode>;
  isTag: boolean;
}

/**
 * The tags that the last part of `/{project}/tags/{tags}` means (contract devmason, section 5.4).
 * @param text decoded
 * @param tags all tags of the project
 * @returns in the order of the text, each once; undefined when a piece of it is no tag
 */
export function resolveTagSet(text: string, tags: readonly string[]): string[] | undefined {
  const known = new Set(tags);
  if (known.has(text)) return [text];
  const pieces = text
    .split(/[,;]/.test(text) ? /[,;]/ : /\s+/)
    .map((piece) => piece.trim())
    .filter((piece) => piece !== '');
  if (pieces.length === 0) return undefined;
  const tree = pieces.every((piece) => known.has(piece)) ? undefined : treeOf(tags);
  const resolved: string[] = [];
  for (const piece of pieces) {
    const found = known.has(piece) ? [piece] : hyphenated(piece, tree!);
    if (found === undefined) return undefined;
    resolved.push(...found);
  }
  return [...new Set(resolved)];
}

function treeOf(tags: readonly string[]): TagNode {
  const root: TagNode = { parts: new Map(), isTag: false };
  for (const tag of tags) {
    let node = root;
    for (const part of tag.split('-')) {
      let next = node.parts.get(part);
      if (next === undefined) node.parts.set(part, (next = { parts: new Map(), isTag: false }));
      node = next;
    }
    node.isTag = true;
  }
  return root;
}

/**
 * Tags that make up a piece when joined by hyphens, the longest first one that lets the rest be made up too. Works from
 * the end: what can follow a place is known before the place is looked at, so that no text takes exponential time.
 */
function hyphenated(piece: string, root: TagNode): string[] | undefined {
  const parts = piece.split('-');
  // End of the longest tag at each place behind which the rest resolves; 0 where there is none.
  const ends: number[] = Array.from({ length: parts.length }, () => 0);
  for (let start = parts.length - 1; start >= 0; start -= 1) {
    let node = root.parts.get(parts[start]!);
    for (let end = start + 1; node !== undefined; end += 1) {
      if (node.isTag && (end === parts.length || ends[end]! > 0)) ends[start] = end;
      node = end < parts.length ? node.parts.get(parts[end]!) : undefined;
    }
  }
  const found: string[] = [];
  for (let start = 0; start < parts.length; start = ends[start]!) {
    if (ends[start] === 0) return undefined;
    found.push(parts.slice(start, ends[start]).join('-'));
  }
  return found;
}

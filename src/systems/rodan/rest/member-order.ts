import { isJsonObject, parseExact } from '../../../core/json.js';

/** In front of every name, so that none is an integer. */
const MARK = '~';

/**
 * Names of the members of an object inside of a JSON object, in the order of the document. JavaScript keeps that order but
 * for names that are integers, which come first.
 * @param text of the outer object, valid JSON
 * @param name of the outer object's member that is an object
 */
export function namesInOrder(text: string, name: string): string[] {
  const outer = parseExact(marked(text));
  const inner = isJsonObject(outer) ? outer[MARK + name] : undefined;
  return isJsonObject(inner) ? Object.keys(inner).map((key) => key.slice(MARK.length)) : [];
}

/** The text with the mark in every name. */
function marked(text: string): string {
  const pieces: string[] = [];
  let done = 0;
  for (let begin = text.indexOf('"'); begin >= 0;) {
    const end = endOfString(text, begin);
    if (isName(text, end)) {
      pieces.push(text.slice(done, begin + 1), MARK);
      done = begin + 1;
    }
    begin = text.indexOf('"', end);
  }
  return pieces.join('') + text.slice(done);
}

/** Position behind the string that begins at a quote. */
function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Whether the string that ends there is the name of a member. */
function isName(text: string, end: number): boolean {
  let at = end;
  while (' \t\r\n'.includes(text[at] ?? ':')) at += 1;
  return text[at] === ':';
}

/** A multipart body that cannot be taken apart; the message may be shown. */
export class BrokenMultipart extends Error {}

/** A part of a multipart form. */
export interface FormPart {
  readonly name: string;
  /** Set for files. */
  readonly fileName?: string;
  /** Value of a field; of a file the empty text: what it holds is read and forgotten. */
  readonly text: string;
  /** In bytes. */
  readonly size: number;
}

/** Limits of what is kept in memory, in bytes; and of the number of parts. */
const LIMITS = { head: 16 * 1024, field: 64 * 1024, parts: 10_000, boundary: 200, padding: 256 };

/**
 * The boundary in a content type.
 * @throws BrokenMultipart when it has none
 */
export function boundaryOf(contentType: string): string {
  const [, quoted, bare] = /;\s*boundary=(?:"([^"]+)"|([^;\s"]+))/i.exec(contentType) ?? [];
  const boundary = quoted ?? bare;
  if (boundary === undefined || boundary.length > LIMITS.boundary) throw new BrokenMultipart('there is no boundary');
  return boundary;
}

/**
 * Reads a multipart form (RFC 7578) piece by piece; what is in memory at once is a piece, and the fields.
 * @param boundary as the content type has it
 * @throws BrokenMultipart
 */
export async function formParts(pieces: AsyncIterable<Uint8Array>, boundary: string): Promise<FormPart[]> {
  const scanner = new FormScanner(boundary);
  for await (const piece of pieces) scanner.take(piece);
  return scanner.end();
}

/** A part that is being read. */
interface OpenPart {
  readonly name: string;
  readonly fileName: string | undefined;
  readonly kept: Buffer[];
  size: number;
}

const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const DASHES = Buffer.from('--');

/** What is expected: the content of a part (or what precedes the first), the rest of a boundary line, a head, nothing. */
type Expected = 'content' | 'boundary' | 'head' | 'end';

class FormScanner {
  readonly #delimiter: Buffer;
  readonly #parts: FormPart[] = [];
  // The first boundary has no line before it.
  #pending: Buffer = LINE_END;
  #expected: Expected = 'content';
  #open: OpenPart | undefined;

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  }

  take(piece: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? Buffer.from(piece) : Buffer.concat([this.#pending, piece]);
    while (this.#advance());
  }

  end(): FormPart[] {
    if (this.#expected !== 'end') throw new BrokenMultipart('it ends too early');
    return this.#parts;
  }

  /** Takes what can be understood; false when more must arrive first. */
  #advance(): boolean {
    switch (this.#expected) {
      case 'content':
        return this.#content();
      case 'boundary':
        return this.#boundaryLine();
      case 'head':
        return this.#head();
      case 'end':
        this.#pending = Buffer.alloc(0);
        return false;
    }
  }

  #content(): boolean {
    const at = this.#pending.indexOf(this.#delimiter);
    // The beginning of the delimiter may have arrived.
    const known = at < 0 ? Math.max(0, this.#pending.length - this.#delimiter.length + 1) : at;
    this.#keep(this.#pending.subarray(0, known));
    if (at < 0) return this.#drop(known, 'content', false);
    this.#close();
    return this.#drop(at + this.#delimiter.length, 'boundary');
  }

  #boundaryLine(): boolean {
    if (this.#pending.length < DASHES.length) return false;
    if (this.#pending.subarray(0, DASHES.length).equals(DASHES)) return this.#drop(DASHES.length, 'end');
    const at = this.#pending.indexOf(LINE_END);
    if (at < 0 && this.#pending.length <= LIMITS.padding) return false;
    if (at < 0 || !/^[ \t]*$/.test(this.#pending.toString('latin1', 0, at)))
      throw new BrokenMultipart('a boundary is followed by text');
    // The end of the line stays: a head without lines ends with it.
    return this.#drop(at, 'head');
  }

  #head(): boolean {
    const at = this.#pending.indexOf(HEAD_END);
    if (at > LIMITS.head || (at < 0 && this.#pending.length > LIMITS.head))
      throw new BrokenMultipart('the head of a part is too long');
    if (at < 0) return false;
    if (this.#parts.length >= LIMITS.parts) throw new BrokenMultipart('it has too many parts');
    this.#open = openPart(this.#pending.toString('utf8', 0, at));
    return this.#drop(at + HEAD_END.length, 'content');
  }

  #keep(content: Buffer): void {
    const part = this.#open;
    if (!part) return;
    part.size += content.length;
    if (part.fileName !== undefined) return;
    if (part.size > LIMITS.field) throw new BrokenMultipart(`the field ${part.name} is too long`);
    part.kept.push(Buffer.from(content));
  }

  #close(): void {
    const part = this.#open;
    if (!part) return;
    const { name, fileName, kept, size } = part;
    this.#parts.push({ name, ...(fileName !== undefined && { fileName }), text: Buffer.concat(kept).toString(), size });
    this.#open = undefined;
  }

  #drop(length: number, next: Expected, goesOn = true): boolean {
    this.#pending = this.#pending.subarray(length);
    this.#expected = next;
    return goesOn;
  }
}

function openPart(head: string): OpenPart {
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? '';
  const parameter = (name: string): string | undefined => {
    const [, quoted, bare] =
      new RegExp(`;\\s*${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s"]+))`, 'i').exec(disposition) ?? [];
    return quoted?.replaceAll(/\\(["\\])/g, '$1') ?? bare;
  };
  return { name: parameter('name') ?? '', fileName: parameter('filename'), kept: [], size: 0 };
}

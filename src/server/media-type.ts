/** The media type of a content type, in lower case and without parameters; the empty text when there is none. */
export function mediaTypeOf(contentType: string | undefined): string {
  return contentType?.split(';', 1)[0]!.trim().toLowerCase() ?? '';
}

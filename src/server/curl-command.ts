import type { Credentials } from './dialect-description.js';
import type { DocumentedExchange, Place } from './documented-exchange.js';

/**
 * A command for a POSIX shell that sends the request of an exchange; the token is the shell's `$TOKEN`.
 * @param credentials ways of the dialect to say who is calling
 */
export function curlCommand(
  exchange: DocumentedExchange,
  { origin, mount }: Place,
  credentials: readonly Credentials[],
): string {
  const { route, caller, body } = exchange;
  const [method = 'GET', template = ''] = route.split(' ');
  const address = origin + mount + targetOf(exchange, template);
  const parts = [
    ...(method === 'GET' ? [] : [`-X ${method}`]),
    quoted(address),
    ...(caller ? [`-H "Authorization: ${valueOf(credentials)}"`] : []),
    ...(body ? [`-H ${quoted(`Content-Type: ${body.mediaType}`)}`, `--data ${quoted(bodyText(body))}`] : []),
  ];
  return `curl ${parts.join(' \\\n  ')}`;
}

/** Path and query of the request of an exchange, encoded. */
export function targetOf({ path = {}, query = {} }: DocumentedExchange, template: string): string {
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ''));
  const search = new URLSearchParams(
    Object.entries(query).flatMap(([name, values]) =>
      [values].flat().map((value) => [name, value] as [string, string]),
    ),
  ).toString();
  return search === '' ? filled : `${filled}?${search}`;
}

/** A body as it is sent: fields as a form, text as it is, anything else as JSON. */
export function bodyText({ mediaType, value }: NonNullable<DocumentedExchange['body']>): string {
  if (mediaType === 'application/x-www-form-urlencoded')
    return new URLSearchParams(value as Record<string, string>).toString();
  return mediaType === 'application/json' || typeof value !== 'string' ? JSON.stringify(value) : value;
}

function valueOf(credentials: readonly Credentials[]): string {
  const way = credentials.find(({ kind }) => kind !== 'basic');
  return way?.kind === 'header' ? way.value : 'Bearer $TOKEN';
}

/** A word of a shell in which nothing has a meaning. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

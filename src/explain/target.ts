import type { Config } from '../config.js';
import { BuildgateError } from '../core/errors.js';

/** What a GET asks for. */
export interface Target {
  /** The `Host` header. */
  readonly host: string;
  /** Path and query as they are sent. */
  readonly path: string;
}

const ADDRESS = /^(?:https?:\/\/)?(\[[0-9A-Fa-f:.]+\](?::\d{1,5})?|[\w.-]+(?::\d{1,5})?)(\/[^#]*)?(?:#.*)?$/i;
/** What a request line cannot hold. */
// oxlint-disable-next-line no-control-regex -- these are the characters that are refused
const UNFIT = /[\u0000-\u0020\u007F]|[^\u0000-\u00FF]/;

/**
 * What is meant by a URL, by a host name with a path, or by a path below the gateway's own address. What a proxy takes away
 * in front of the public address is taken away here.
 * @throws BuildgateError INVALID when it is none of these
 */
export function targetOf(text: string, config: Config): Target {
  if (UNFIT.test(text)) throw new BuildgateError('INVALID', 'url: has characters that must be percent-encoded.');
  const main = new URL(mainAddress(config));
  if (text.startsWith('/')) return { host: main.host, path: text.replace(/#.*/, '') };
  const [, host, path = '/'] = ADDRESS.exec(text) ?? [];
  if (host === undefined) {
    throw new BuildgateError('INVALID', 'url: neither an http URL, nor a host name with a path, nor a path.');
  }
  const outer = main.pathname.replace(/\/+$/, '');
  const isOuter = host.toLowerCase() === main.host && outer !== '' && path.startsWith(`${outer}/`);
  return { host, path: isOuter ? path.slice(outer.length) : path };
}

/** Address of the gateway's own pages, without a slash at the end: the public one, or that which it listens on. */
export function mainAddress({ server: { publicUrl, host, port } }: Config): string {
  if (publicUrl !== null) return publicUrl;
  if (host === '0.0.0.0' || host === '::') return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

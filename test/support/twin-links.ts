import type { Reply } from './http.js';

/** Where a REST answer says that its twin is. */
export interface TwinLink {
  /** Scheme, host and path of the page. */
  readonly page: string;
  /** `SYSTEM/NAME`. */
  readonly operation: string | null;
  readonly variables: any;
}

const LINK = /^<(\S+)>; rel="alternate"; type="text\/html"$/;

/** The twins that an answer links to, in their order; fails when its `Link` header is of another form. */
export function twinLinks({ headers: { link } }: Reply): TwinLink[] {
  if (link === undefined) return [];
  return String(link)
    .split(', ')
    .map((text) => {
      const address = new URL(LINK.exec(text)![1]!);
      const variables = address.searchParams.get('variables');
      return {
        page: address.origin + address.pathname,
        operation: address.searchParams.get('operation'),
        variables: variables === null ? {} : JSON.parse(variables),
      };
    });
}

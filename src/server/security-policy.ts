import type { ServerResponse } from 'node:http';

/**
 * The Content-Security-Policy of a page of the gateway: what is named and nothing else. No other source, base address or
 * target of a form, and no frame around it.
 * @param directives what the page needs, each as `script-src 'self'`
 */
export function securityPolicy(...directives: readonly string[]): string {
  const closed = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return ["default-src 'none'", ...directives, ...closed].join('; ');
}

/** The policy of HTML that says nothing of its own: nothing runs and nothing is loaded, whatever a client stored. */
export const BARE_PAGE_POLICY = securityPolicy();

/** Headers of a page of the gateway: its policy, its type as it says, and no word to others of where its reader was. */
export function pageSecurity(policy: string): Readonly<Record<string, string>> {
  return {
    'Content-Security-Policy': policy,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
  };
}

/** A year, as long as lists of browsers ask for. */
const STRICT_SECONDS = 31_536_000;

/**
 * Sets what every answer says, of whatever API: that its type is what it says, so that no text or JSON is ever taken for a
 * page; and, where the public address is https, that browsers should come by nothing else.
 */
export function securing(publicUrl: string | null): (response: ServerResponse) => void {
  const isSecure = publicUrl?.startsWith('https:') === true;
  return (response) => {
    response.setHeader('X-Content-Type-Options', 'nosniff');
    if (isSecure) response.setHeader('Strict-Transport-Security', `max-age=${STRICT_SECONDS}`);
  };
}

/**
 * The Content-Security-Policy of a page of the gateway: what is named and nothing else. No other source, base address or
 * target of a form, and no frame around it.
 * @param directives what the page needs, each as `script-src 'self'`
 */
export function securityPolicy(...directives: readonly string[]): string {
  const closed = ["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"];
  return ["default-src 'none'", ...directives, ...closed].join('; ');
}

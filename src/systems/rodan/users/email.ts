import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';

const ATOM = "[-!#$%&'*+/=?^_`{}|~0-9A-Za-z]+";
const LOCAL = new RegExp(`^(?:${ATOM}(?:\\.${ATOM})*|"(?:[\\x20!#-\\[\\]-~]|\\\\[\\x20-~])*")$`);
const LABEL = '[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?';
const DOMAIN = new RegExp(`^(?:${LABEL}\\.)+(?!.*-$)[A-Za-z0-9-]{2,63}$`);
const LITERAL = /^\[([A-Fa-f0-9:.]+)\]$/;

/**
 * Whether a text is an address of e-mail, as Django has it: a local part, and a domain of two labels or more (of any
 * script), `localhost`, or an IP address in brackets. Ask about texts of bounded length only.
 */
export function isEmailAddress(text: string): boolean {
  const at = text.lastIndexOf('@');
  const domain = text.slice(at + 1);
  return at > 0 && LOCAL.test(text.slice(0, at)) && isDomain(domain);
}

function isDomain(domain: string): boolean {
  const address = LITERAL.exec(domain)?.[1];
  if (address !== undefined) return isIP(address) > 0;
  return (
    domain === 'localhost' || DOMAIN.test(domain) || (/[^\0-\x7f]/.test(domain) && DOMAIN.test(domainToASCII(domain)))
  );
}

import { BuildgateError } from '../../../core/errors.js';

/** Refusals of callers, in the texts of the old API (contract rodan, section 4). */

const TEXTS = {
  credentialsMissing: 'Authentication credentials were not provided.',
  tokenMissing: 'Invalid token header. No credentials provided.',
  tokenWithSpaces: 'Invalid token header. Token string should not contain spaces.',
  tokenUnknown: 'Invalid token.',
  passwordWrong: 'Invalid username/password.',
  userInactive: 'User inactive or deleted.',
  loginWithoutName: 'You must supply a username',
  loginWithoutPassword: 'You must supply a password',
} as const;

/** The refusal of credentials, or of their absence: UNAUTHENTICATED; `details.reason` is the text of the old API. */
export function unauthenticated(fault: keyof typeof TEXTS): BuildgateError {
  const reason = TEXTS[fault];
  return new BuildgateError('UNAUTHENTICATED', reason, { reason });
}

/** The refusal of somebody who is known and has not the right: FORBIDDEN. */
export function notPermitted(): BuildgateError {
  return new BuildgateError('FORBIDDEN', 'You do not have permission to perform this action.');
}

/** The refusal of a login: UNAUTHENTICATED for a wrong pair, FORBIDDEN for an inactive user; `details.isLoggedIn` is false. */
export function notLoggedIn(code: 'UNAUTHENTICATED' | 'FORBIDDEN'): BuildgateError {
  const message = code === 'FORBIDDEN' ? 'The user is inactive.' : 'The user name or password is wrong.';
  return new BuildgateError(code, message, { isLoggedIn: false });
}

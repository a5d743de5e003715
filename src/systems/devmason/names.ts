/**
 * What slugs, build ids and user names look like (contract devmason, section 2). Lengths are in code points; each
 * pattern is for the whole of a decoded path segment.
 */

/** Slug of a project. The two words are first parts of other URIs. */
export const SLUG = /^(?!(?:users|xmlrpc)$)[\p{L}\p{N}_-]{1,200}$/u;

/** Id of a build within its project. The word is the address of the newest. */
export const BUILD_ID = /^(?!latest$)[A-Za-z0-9_-]{1,64}$/;

/** Kind of the numbers that the server gives as build ids, in one count for all projects (section 7.3). */
export const BUILD_ID_NUMBERS = 4;

/** Name of a user. */
export { MEMBER_NAME as USERNAME } from '../../core/auth/member.js';

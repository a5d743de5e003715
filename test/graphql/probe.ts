import type { WireRequest } from './transports.js';

/** Who sends a probe. */
export type As = 'anonymous' | 'plain' | 'agent' | 'admin';

/** A request that must be refused, and how. */
export interface Probe extends WireRequest {
  readonly title: string;
  readonly as?: As;
  readonly code: string;
  readonly message: string | RegExp;
}

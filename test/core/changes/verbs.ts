import { ANONYMOUS } from '../../../src/core/auth/principal.js';
import { Kind, State, System } from '../../../src/core/model/states.js';
import type { Store } from '../../../src/core/store/store.js';

/** Commits one transaction with this many changes, a message behind each second one when asked for. */
export function commitChanges(
  store: Store,
  count: number,
  options: { readonly messages?: boolean } = {},
): Promise<void> {
  return store.transact(ANONYMOUS, async (transaction) => {
    for (let index = 0; index < count; index++) {
      const change = { system: System.FRESHMAKER, kind: Kind.EVENT, recordId: index * 16 + 1, reason: null };
      transaction.recordChange({ ...change, from: null, to: State.PLANNED });
      if (options.messages && index % 2 === 0) transaction.publish(System.FRESHMAKER, 'topic', `${index}`);
    }
  });
}

/** Commits one transaction with these messages. */
export function commitMessages(store: Store, bodies: readonly string[]): Promise<void> {
  return store.transact(ANONYMOUS, async (transaction) => {
    for (const body of bodies) transaction.publish(System.FRESHMAKER, 'topic', body);
  });
}

/** The numbers from 1 on. */
export function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

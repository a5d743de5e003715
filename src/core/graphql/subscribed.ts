import type { ArgsDictionary } from 'type-graphql';
import { parseChangeCursor, type LogEntry } from '../changes/log.js';
import { Watch, type WatchOptions } from '../changes/watch.js';
import type { OperationContext } from './context.js';

/** What type-graphql hands to the beginning of a subscription. */
export interface SubscribeData {
  readonly args: ArgsDictionary;
  readonly context: OperationContext;
}

/** Argument of every subscription that says where it begins, and nothing else. */
export const AFTER_ARGUMENT = 'after';

/** What every `after` of a subscription says of itself. */
export const AFTER =
  'Cursor of the last change that was seen: replays what came behind it, then goes on live, without a gap and without a double. From now on without it.';

/**
 * Watches the log behind the cursor that a subscription was given; from now on without one.
 * @param pick says what is shown; it may depend on the arguments, and not on who asks
 * @throws BuildgateError INVALID when it is no cursor, or ahead of the log; CURSOR_EXPIRED
 */
export async function subscribed<Entry extends LogEntry>(
  { args, context }: SubscribeData,
  pick: WatchOptions<Entry>['pick'],
): Promise<Watch<Entry>> {
  const { feed } = context.gateway;
  const after: unknown = args[AFTER_ARGUMENT];
  return new Watch({
    feed,
    after: await feed.placeBehind(typeof after === 'string' ? parseChangeCursor(after) : null),
    pick,
  });
}

import type { BusMessage, QueueHandler } from '../../bus/bus.js';
import { UNRESTRICTED } from '../../core/auth/principal.js';
import type { Store } from '../../core/store/store.js';
import { finishJob } from './job-service.js';
import { internalId } from './records.js';

/**
 * Takes `finished` messages of agents (contract buildapi, sections 6.4 and 7.3): completes their jobs. What is no such
 * message, or names no job, is reported and dropped; a database that fails makes the message come again.
 */
export function finishedMessages(store: Store, onError: (error: unknown) => void): QueueHandler {
  return async ({ body }: BusMessage) => {
    const message = parsed(body);
    const number = message && Object.hasOwn(message, 'request_id') ? message['request_id'] : undefined;
    if (!message || number === undefined || number === null) {
      onError(new Error('A finished message without request_id was dropped.'));
      return;
    }
    const id = Number.isSafeInteger(number) ? internalId(number as number) : null;
    const known = await store.transact(UNRESTRICTED, (transaction) => finishJob(transaction, id, message));
    if (!known) onError(new Error(`A finished message for the unknown job ${JSON.stringify(number)} was dropped.`));
  };
}

/** The object that a text holds as JSON; null when it holds none. */
function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

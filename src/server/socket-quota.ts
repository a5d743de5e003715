import { GraphQLError } from 'graphql';
import type { SocketLimits } from '../config.js';
import type { Principal } from '../core/auth/principal.js';

/** Most of something; 0 allows any number. */
type Limit = number;

/** What all WebSockets of this process have open. */
export class SocketQuotas {
  readonly #limits: SocketLimits;
  /** WebSockets by address. */
  readonly #sockets = new Tally();
  /** Subscriptions by caller. */
  readonly #subscriptions = new Tally();

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  /** Whether one more WebSocket may be opened from an address. */
  admits(address: string): boolean {
    return isWithin(this.#limits.perAddress, this.#sockets.of(address));
  }

  /** What a WebSocket has open that was opened from an address. It is to be closed. */
  open(address: string): SocketQuota {
    return new SocketQuota(address, this.#limits, this.#sockets, this.#subscriptions);
  }
}

/** What one WebSocket has open. Operations are told apart by an object that is theirs alone. */
export class SocketQuota {
  readonly #address: string;
  readonly #limits: SocketLimits;
  readonly #allSockets: Tally;
  readonly #allSubscriptions: Tally;
  readonly #operations = new Set<object>();
  /** Each with the caller that it is counted for. */
  readonly #subscriptions = new Map<object, string>();
  #isClosed = false;

  constructor(address: string, limits: SocketLimits, sockets: Tally, subscriptions: Tally) {
    this.#address = address;
    this.#limits = limits;
    this.#allSockets = sockets;
    this.#allSubscriptions = subscriptions;
    sockets.add(address, 1);
  }

  /** Takes in a query or mutation; the refusal when there are too many. */
  takeOperation(operation: object): GraphQLError | null {
    const { operations: limit } = this.#limits;
    if (!isWithin(limit, this.#operations.size)) {
      return tooMany('OPERATIONS', limit, `This connection has ${limit} operations under way: wait for one of them.`);
    }
    this.#operations.add(operation);
    return null;
  }

  /** Takes in a subscription; the refusal when there are too many. */
  takeSubscription(operation: object, { userName }: Principal): GraphQLError | null {
    const { subscriptions, subscriptionsPerCaller } = this.#limits;
    const caller = userName === null ? `address ${this.#address}` : `user ${userName}`;
    if (!isWithin(subscriptions, this.#subscriptions.size)) {
      const message = `This connection has ${subscriptions} subscriptions open: end one of them.`;
      return tooMany('SUBSCRIPTIONS', subscriptions, message);
    }
    if (!isWithin(subscriptionsPerCaller, this.#allSubscriptions.of(caller))) {
      const who = userName === null ? 'This address' : 'This user';
      const message = `${who} has ${subscriptionsPerCaller} subscriptions open: end one of them.`;
      return tooMany('SUBSCRIPTIONS', subscriptionsPerCaller, message);
    }
    if (this.#isClosed) return null;
    this.#subscriptions.set(operation, caller);
    this.#allSubscriptions.add(caller, 1);
    return null;
  }

  /** Says that an operation is over; nothing happens when it was not taken in. */
  release(operation: object): void {
    this.#operations.delete(operation);
    const caller = this.#subscriptions.get(operation);
    if (caller === undefined) return;
    this.#subscriptions.delete(operation);
    this.#allSubscriptions.add(caller, -1);
  }

  /** Says that the WebSocket is closed, once. */
  close(): void {
    this.#isClosed = true;
    this.#allSockets.add(this.#address, -1);
    for (const operation of this.#subscriptions.keys()) this.release(operation);
  }
}

/** Counts by name; names that count nothing are forgotten. */
class Tally {
  readonly #counts = new Map<string, number>();

  of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  add(name: string, change: number): void {
    const count = this.of(name) + change;
    if (count === 0) this.#counts.delete(name);
    else this.#counts.set(name, count);
  }
}

function isWithin(limit: Limit, count: number): boolean {
  return limit === 0 || count < limit;
}

function tooMany(what: 'OPERATIONS' | 'SUBSCRIPTIONS', limit: number, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: `TOO_MANY_${what}`, limit } });
}

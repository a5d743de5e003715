import type { Watch } from '../../core/changes/watch.js';
import type { OperationRequest } from '../execution.js';
import type { Executor } from './answer.js';
import { Group } from './group.js';
import { Member, type Surroundings } from './member.js';

/** What subscriptions are made with. */
export interface SubscriptionsOptions extends Executor {
  readonly onSubscription: (change: 'started' | 'ended') => void;
}

/** All subscriptions of this process. There are no more groups than subscriptions: an empty one is forgotten at once. */
export class Subscriptions {
  readonly #groups = new Map<string, Group>();
  readonly #options: SubscriptionsOptions;
  readonly #around: Surroundings;

  constructor(options: SubscriptionsOptions) {
    this.#options = options;
    this.#around = {
      executor: options,
      groupAt: (member, place) => this.#groupAt(member, place),
      onEnd: () => options.onSubscription('ended'),
    };
  }

  /** Opens a subscription; nothing is shown before somebody listens (`show`), and it has to be stopped if nobody does. */
  open(request: OperationRequest, watch: Watch): Member {
    this.#options.onSubscription('started');
    return new Member(request, watch, this.#around);
  }

  #groupAt({ key, watch }: Member, place: number): Group | undefined {
    const known = this.#groups.get(key);
    if (known) return known.takes(place) ? known : undefined;
    if (place < watch.feed.head) return undefined;
    const group = new Group(watch, place, this.#options, () => this.#groups.delete(key));
    this.#groups.set(key, group);
    return group;
  }
}

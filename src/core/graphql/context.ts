import DataLoader from 'dataloader';
import type { Principal } from '../auth/principal.js';
import type { ChangeFeed } from '../changes/feed.js';
import type { PageLimits } from '../list/page.js';
import type { Kind, System, State } from '../model/states.js';
import type { Reader } from '../store/reader.js';
import type { Store } from '../store/store.js';
import type { Transaction } from '../store/transaction.js';
import { BuildgateError } from '../errors.js';

/** How an agent moves a record of one system and kind; records the change and its messages in the transaction. */
export type TransitionVerb = (
  transaction: Transaction,
  recordId: number,
  change: { readonly to: State; readonly reason: string | null },
) => Promise<void>;

/** What a running system offers to resolvers. */
export interface SystemRuntime {
  readonly system: System;
  /** Name of the GraphQL type of each kind that the system has. */
  readonly typeNames: Readonly<Partial<Record<Kind, string>>>;
  readonly transitions: Readonly<Partial<Record<Kind, TransitionVerb>>>;
  /** The system's own verbs, for its own resolvers. */
  readonly service: unknown;
}

/** What lives as long as the gateway. */
export interface Gateway {
  readonly store: Store;
  readonly feed: ChangeFeed;
  readonly systems: ReadonlyMap<System, SystemRuntime>;
  readonly version: string;
}

/** Page sizes of documents that clients send. */
export const CLIENT_LIMITS: PageLimits = { defaultSize: 25, maxSize: 100 };

/** Stored operations of dialects: the caps are the contracts'. */
export const DIALECT_LIMITS: PageLimits = { defaultSize: 25, maxSize: Number.MAX_SAFE_INTEGER };

/** How a batch of keys is read; results in the order of the keys. */
export interface LoaderDefinition<Key, Value> {
  /** Told apart by this name; one loader per name and operation. */
  readonly name: string;
  readonly read: (context: OperationContext, keys: readonly Key[]) => Promise<readonly Value[]>;
  /** Key for the loader's memory, where keys are objects. */
  readonly cacheKey?: (key: Key) => unknown;
}

/** Everything that one operation works with; made anew for each operation, and in a subscription for each event. */
export class OperationContext {
  // Not `#loaders`: Apollo Server copies the context, and private members do not survive that.
  private readonly loaders = new Map<string, DataLoader<never, unknown>>();

  constructor(
    readonly gateway: Gateway,
    readonly principal: Principal,
    readonly limits: PageLimits,
    readonly requestId: string,
    /** Of a REST request: what stands in front of the paths of its dialect. */
    readonly mountPrefix: string | null,
  ) {}

  /** Plain reads of committed data. */
  get reader(): Reader {
    return this.gateway.store.reader;
  }

  /** The same caller with empty loaders. */
  renewed(): OperationContext {
    return new OperationContext(this.gateway, this.principal, this.limits, this.requestId, this.mountPrefix);
  }

  /** Reads a value together with all others asked for in the same tick. */
  load<Key, Value>(definition: LoaderDefinition<Key, Value>, key: Key): Promise<Value> {
    let loader = this.loaders.get(definition.name) as DataLoader<Key, Value, unknown> | undefined;
    if (!loader) {
      loader = new DataLoader<Key, Value, unknown>((keys) => definition.read(this, keys), {
        cacheKeyFn: definition.cacheKey ?? ((plain: Key) => plain),
      });
      this.loaders.set(definition.name, loader as unknown as DataLoader<never, unknown>);
    }
    return loader.load(key);
  }

  /** Forgets what was read, after a verb has changed records. */
  forget(): void {
    this.loaders.clear();
  }

  /**
   * Refuses callers that hold none of the roles; administrators pass.
   * @throws BuildgateError UNAUTHENTICATED without credentials, FORBIDDEN without the role
   */
  requireRole(roles: readonly string[], refusal?: string): void {
    const { principal } = this;
    if (principal.admin || roles.some((role) => principal.roles.has(role))) return;
    this.requireUser();
    throw new BuildgateError('FORBIDDEN', refusal ?? `This operation needs one of the roles: ${roles.join(', ')}.`);
  }

  /**
   * Refuses callers that nobody knows.
   * @throws BuildgateError UNAUTHENTICATED
   */
  requireUser(): void {
    const { principal } = this;
    if (principal.userName === null && !principal.admin)
      throw new BuildgateError('UNAUTHENTICATED', 'This operation needs a bearer token.');
  }

  /** The runtime of a system, with its verbs. */
  system(system: System): SystemRuntime {
    const runtime = this.gateway.systems.get(system);
    if (!runtime) throw new Error(`System ${system} is not part of this gateway.`);
    return runtime;
  }
}

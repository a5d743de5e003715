import DataLoader from 'dataloader';
import type { Principal } from '../auth/principal.js';
import type { ChangeFeed } from '../changes/feed.js';
import type { PageLimits, RecordRow } from '../list/page.js';
import { KnownPlaces } from '../list/places.js';
import type { Kind, System, State } from '../model/states.js';
import { lookupsOf, type Reader } from '../store/reader.js';
import type { Store } from '../store/store.js';
import type { Transaction } from '../store/transaction.js';
import { BuildgateError } from '../errors.js';
import { KnownRows } from './known-rows.js';

/** How an agent moves a record of one system and kind; records the change and its messages in the transaction. */
export type TransitionVerb = (
  transaction: Transaction,
  recordId: number,
  change: { readonly to: State; readonly reason: string | null },
) => Promise<void>;

/** Name of a GraphQL type, or how a row tells it. */
type TypeName = string | ((row: RecordRow) => string);

/** What a running system offers to resolvers. */
export interface SystemRuntime {
  readonly system: System;
  /** Name of the GraphQL type of each kind that the system has; where a kind has several, the row decides. */
  readonly typeNames: Readonly<Partial<Record<Kind, TypeName>>>;
  readonly transitions: Readonly<Partial<Record<Kind, TransitionVerb>>>;
  /** How the tags of records are read, by their internal ids, of the kinds that have tags. */
  readonly tags?: Readonly<Partial<Record<Kind, LoaderDefinition<number, readonly string[]>>>>;
  /** The system's own verbs, for its own resolvers. */
  readonly service: unknown;
}

/** What lives as long as the gateway. */
export interface Gateway {
  readonly store: Store;
  readonly feed: ChangeFeed;
  readonly systems: ReadonlyMap<System, SystemRuntime>;
  readonly version: string;
  /** Writes what this gateway has counted of the use of old routes; left out where that is not stored. Never rejects. */
  readonly settleUse?: () => Promise<void>;
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

/** What pages read before know of long lists, for each gateway. */
const PLACES = new WeakMap<Gateway, KnownPlaces>();

/** Everything that one operation works with; made anew for each operation, and in a subscription for each event. */
export class OperationContext {
  // Not `#loaders`: Apollo Server copies the context, and private members do not survive that.
  private loaders = new Map<string, DataLoader<never, unknown>>();
  private ofLookups: OperationContext | undefined;
  private knownRows = new Map<Kind, KnownRows>();
  private asked = { who: false };
  private isOfLookups = false;

  constructor(
    readonly gateway: Gateway,
    private readonly caller: Principal,
    readonly limits: PageLimits,
    readonly requestId: string,
    /** Of a REST request: what stands in front of the paths of its dialect. */
    readonly mountPrefix: string | null,
    /** Whether nobody waits for the answer any more. */
    readonly isGone?: () => boolean,
    /** Where the request comes from; undefined where nobody knows. */
    readonly address?: string | undefined,
  ) {}

  /** Who asks. */
  get principal(): Principal {
    this.asked.who = true;
    return this.caller;
  }

  /** Whether anything has looked at who asks: what was answered then holds for nobody else. */
  get isPersonal(): boolean {
    return this.asked.who;
  }

  /** Plain reads of committed data. */
  get reader(): Reader {
    const { reader } = this.gateway.store;
    return this.isOfLookups ? lookupsOf(reader) : reader;
  }

  /** Where rows of long lists stand. */
  get places(): KnownPlaces {
    const known = PLACES.get(this.gateway) ?? new KnownPlaces();
    PLACES.set(this.gateway, known);
    return known;
  }

  /** The same caller with empty loaders. */
  renewed(): OperationContext {
    const { gateway, caller, limits, requestId, mountPrefix, address } = this;
    return new OperationContext(gateway, caller, limits, requestId, mountPrefix, undefined, address);
  }

  /** Reads a value together with all others asked for in the same tick. */
  load<Key, Value>(definition: LoaderDefinition<Key, Value>, key: Key): Promise<Value> {
    let loader = this.loaders.get(definition.name) as DataLoader<Key, Value, unknown> | undefined;
    if (!loader) {
      loader = new DataLoader<Key, Value, unknown>((keys) => definition.read(this.lookups, keys), {
        cacheKeyFn: definition.cacheKey ?? ((plain: Key) => plain),
      });
      this.loaders.set(definition.name, loader as unknown as DataLoader<never, unknown>);
    }
    return loader.load(key);
  }

  /** The same operation, whose reads are looked up by key. */
  private get lookups(): OperationContext {
    if (!this.gateway.store.reader.lookups) return this;
    return (this.ofLookups ??= this.madeForLookups());
  }

  private madeForLookups(): OperationContext {
    const { gateway, caller, limits, requestId, mountPrefix, isGone, address } = this;
    const made = new OperationContext(gateway, caller, limits, requestId, mountPrefix, isGone, address);
    const { loaders, knownRows, asked } = this;
    return Object.assign(made, { loaders, knownRows, asked, isOfLookups: true, ofLookups: made });
  }

  /** Takes in whole rows that were read, so that records which refer to them need not read them again. */
  know(kind: Kind, rows: readonly RecordRow[]): void {
    let known = this.knownRows.get(kind);
    if (!known) this.knownRows.set(kind, (known = new KnownRows()));
    known.add(rows);
  }

  /** A record that was read in this operation. */
  known(kind: Kind, id: number): RecordRow | undefined {
    return this.knownRows.get(kind)?.get(id);
  }

  /** Forgets what was read, after a verb has changed records. */
  forget(): void {
    this.loaders.clear();
    this.knownRows.clear();
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

  /** Name of the GraphQL type of a record; undefined where its system has no such kind. */
  typeNameOf(kind: Kind, row: RecordRow): string | undefined {
    const name = this.system(row.system).typeNames[kind];
    return typeof name === 'function' ? name(row) : name;
  }

  /** The runtime of a system, with its verbs. */
  system(system: System): SystemRuntime {
    const runtime = this.gateway.systems.get(system);
    if (!runtime) throw new Error(`System ${system} is not part of this gateway.`);
    return runtime;
  }
}

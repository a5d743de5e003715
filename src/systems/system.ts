import type { EntitySchema } from '@mikro-orm/core';
import type { Bus } from '../bus/bus.js';
import type { Config } from '../config.js';
import type { SystemName } from '../config-values.js';
import type { Authenticator } from '../core/auth/authenticator.js';
import type { SecretBox } from '../core/auth/secrets.js';
import type { SignInLimit } from '../core/auth/sign-in-limit.js';
import type { SystemExport } from '../core/export/run.js';
import type { SystemRuntime } from '../core/graphql/context.js';
import type { SchemaPart } from '../core/graphql/schema.js';
import type { SystemImport } from '../core/import/run.js';
import type { System } from '../core/model/states.js';
import type { Store } from '../core/store/store.js';
import type { PublishedMessage } from '../core/store/transaction.js';
import type { Dialect } from '../server/dialect.js';

/** What a system is given when the gateway starts. */
export interface SystemEnvironment {
  readonly config: Config;
  readonly store: Store;
  /** Encrypts what must be shown again. */
  readonly secrets: SecretBox;
  /** Knows the gateway's own tokens, which some old APIs take too. */
  readonly authenticator: Authenticator;
  /** Counts wrong credentials, for logins that are verbs. */
  readonly signIns: SignInLimit;
  /** In front of paths in messages: the mount prefix, or nothing when the system has host names of its own. */
  readonly mountPrefix: string;
  readonly bus: Bus;
  /** Waits until the broker has taken a message that was committed; whether it did within this time. */
  readonly taken: (message: PublishedMessage, timeoutMs: number) => Promise<boolean>;
  /** Told of what went wrong with nobody there to be told. */
  readonly onError: (error: unknown) => void;
}

/** A system inside a running gateway. */
export interface RunningSystem extends SystemRuntime {
  readonly dialect: Dialect;
  /** A URI of the old API that shows something at once. */
  readonly exampleUri: string;
  /** What it does by itself while the gateway runs. Called once; resolves with how to end it. */
  readonly work?: () => Promise<() => Promise<void>>;
  /** Told when one of its messages was taken by the broker, or was not. */
  readonly onMessage?: (outcome: 'sent' | 'failed') => void;
  /** Told of what happens at the database. */
  readonly onDatabase?: (incident: 'connect' | 'error' | 'rollback') => void;
}

/** One legacy system: everything that only it knows. */
export interface SystemDefinition {
  readonly system: System;
  /** Name of its folder, in paths, host names, topics and on the command line. */
  readonly name: SystemName;
  /** Name for people. */
  readonly title: string;
  readonly entities: readonly EntitySchema[];
  readonly schema: SchemaPart;
  /** How its data is taken over. */
  readonly import: SystemImport;
  /** How its data is written out again in the format that its import takes. */
  readonly export: SystemExport;
  /** The REST interface, to be described. */
  readonly dialect: () => Dialect;
  readonly start: (environment: SystemEnvironment) => RunningSystem;
}

import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { TcpProxy } from '../support/tcp-proxy.js';
import type { TestDatabase } from '../support/database.js';
import { environment } from './gateway-process.js';

/** Sees each time that a process touches a database: a file of it that changes, or something that goes to its server. */
export class Touches {
  readonly #end: () => Promise<void>;
  #listener: () => void = () => undefined;
  /** How many there were since `after` was called last. */
  count = 0;

  private constructor(
    /** By which the process must reach the database. */
    readonly environment: Readonly<Record<string, string>>,
    watching: (touched: () => void) => () => Promise<void>,
  ) {
    this.#end = watching(() => {
      this.count += 1;
      this.#listener();
    });
  }

  static async of(database: TestDatabase, settings: Readonly<Record<string, string>> = {}): Promise<Touches> {
    const { config } = database;
    const direct = environment(database, settings);
    if (config.kind === 'sqlite') {
      return new Touches(direct, (touched) => {
        const watcher = watch(dirname(config.path), touched);
        return async () => watcher.close();
      });
    }
    const url = new URL(config.url);
    const proxy = await TcpProxy.before(url.hostname, Number(url.port || 5432));
    url.port = String(proxy.port);
    return new Touches({ ...direct, DATABASE_URL: url.href }, (touched) => {
      proxy.onSent(touched);
      return () => proxy.close();
    });
  }

  /** Calls back once, after so many touches from now on. */
  after(count: number, callback: () => void): void {
    this.count = 0;
    this.#listener = () => {
      if (this.count < count) return;
      this.#listener = () => undefined;
      callback();
    };
  }

  async end(): Promise<void> {
    await this.#end();
  }
}

/** What SQLite finds wrong with its file; PostgreSQL looks after itself. */
export function damages({ config }: TestDatabase): unknown[] {
  if (config.kind === 'postgresql') return [];
  const database = new DatabaseSync(config.path);
  try {
    const integrity = database.prepare('PRAGMA integrity_check').all();
    const sound = integrity.length === 1 && integrity[0]?.['integrity_check'] === 'ok';
    return [...(sound ? [] : integrity), ...database.prepare('PRAGMA foreign_key_check').all()];
  } finally {
    database.close();
  }
}

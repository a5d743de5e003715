import type { TestProject } from 'vitest/node';
import { CORE_ENTITIES } from '../../src/core/model/tables.js';
import { Store, type DatabaseConfig } from '../../src/core/store/store.js';
import { emptyDatabase } from './database.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A database with the newest structure and nothing in it, to be copied. */
    template: DatabaseConfig;
  }
}

let drop: (() => Promise<void>) | undefined;

/** Migrates one database per run; tests take copies, which is many times faster. Vitest calls it before all suites. */
export async function setup(project: TestProject): Promise<void> {
  const database = await emptyDatabase();
  drop = () => database.drop();
  const store = await Store.open({ database: database.config, entities: CORE_ENTITIES });
  await store.migrate().finally(() => store.close());
  project.provide('template', database.config);
}

/** Removes it. */
export async function teardown(): Promise<void> {
  await drop?.();
}

import { SHARED_TABS } from './shared-tabs.js';
import { SYSTEM_TABS } from './system-tabs.js';

/** One tab as GraphiQL takes it: a document and the text of its variables. */
export interface DefaultTab {
  readonly query: string;
  readonly variables?: string;
}

/** What a first visitor finds open. A test runs every one of them on the data in `examples/`. */
export const defaultTabs: DefaultTab[] = [...SHARED_TABS, ...SYSTEM_TABS];

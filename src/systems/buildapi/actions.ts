/** The job requests of buildapi (contract buildapi, sections 6.2 and 6.3). */

/** What each action is told, as it is logged. Numbers are legacy ids. */
export interface ActionParameters {
  reprioritize: { readonly brid: number; readonly priority: number };
  cancel_request: { readonly brid: number };
  cancel_build: { readonly bid: number };
  cancel_revision: { readonly branch: string; readonly revision: string };
  rebuild_build: { readonly bid: number; readonly priority: number; readonly count: number };
  rebuild_request: { readonly brid: number; readonly priority: number; readonly count: number };
  new_build_at_revision: { readonly branch: string; readonly revision: string };
  new_pgobuild_at_revision: { readonly branch: string; readonly revision: string; readonly priority: number };
  new_nightly_at_revision: { readonly branch: string; readonly revision: string; readonly priority: number };
  new_build_for_builder: {
    readonly branch: string;
    readonly revision: string;
    readonly priority: number;
    readonly builder_name: string;
    readonly properties: Readonly<Record<string, unknown>>;
    readonly files: readonly unknown[];
  };
}

/** Name of an action. */
export type ActionName = keyof ActionParameters;

/** What an agent says of a job: `body` of a `finished` message (section 7.3). */
export interface Outcome {
  readonly errors: boolean;
  readonly msg: string;
}

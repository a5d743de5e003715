import { expect } from 'vitest';
import { DEVMASON_IMPORT } from '../../../src/systems/devmason/import/index.js';
import { openImportDatabase, SHARED_TABLES, type ImportDatabase as Opened } from '../../support/import-database.js';

/** All tables that an import could touch, and what tells their rows' order. */
const TABLES = {
  ...SHARED_TABLES,
  member: 'id',
  devmason_repository: 'id',
  devmason_step_output: 'job_id',
  devmason_tag: 'project_id, name',
  devmason_build_tag: 'build_id, tag_id',
} as const;

/** A migrated database with a store to look into it. */
export type ImportDatabase = Opened<keyof typeof TABLES>;

export function importDatabase(): Promise<ImportDatabase> {
  return openImportDatabase(DEVMASON_IMPORT, TABLES);
}

/** Legacy ids of the builds, in the order of their reports. */
export async function reported(database: ImportDatabase): Promise<unknown[]> {
  return (await database.rows('SELECT legacy_id FROM build ORDER BY id')).map((row) => row.legacy_id);
}

/** What is stored of the one build that was imported. */
export async function onlyBuild(database: ImportDatabase): Promise<Record<string, unknown>> {
  const { build: rows } = await database.content();
  expect(rows).toHaveLength(1);
  return rows[0] as Record<string, unknown>;
}

type Row = Record<string, unknown>;

const STARTED = 'Tue, 20 Oct 2009 10:20:00 -0500';
const FINISHED = 'Tue, 20 Oct 2009 10:22:00 -0500';

export function project(slug: string, more: object = {}): Row {
  return { slug, name: `Project ${slug}`, ...more };
}

/** A whole build of project `p` without steps. */
export function build(id: number | string, more: object = {}): Row {
  return {
    project: 'p',
    id,
    success: true,
    started: STARTED,
    finished: FINISHED,
    tags: [],
    client: { host: 'h', arch: 'a', user: '' },
    results: [],
    ...more,
  };
}

/** A build of project `p` that is in progress. */
export function running(id: number | string, more: object = {}): Row {
  return build(id, { success: null, finished: null, incremental: true, ...more });
}

export function step(name: string, more: object = {}): Row {
  return { name, success: true, started: STARTED, finished: FINISHED, output: '', errout: '', ...more };
}

/** Builds of project `p`. */
export function dump(builds: readonly object[], more: object = {}): Row {
  return { users: [], projects: [project('p')], builds, ...more };
}

/** The example of contract devmason, section 10. */
export const EXAMPLE = {
  users: [
    { username: 'genie', password: 'sha1$3f2a1$98ee16bf6e9c6ca0863d9a6a1f6e7d1cbfb3b1a0' },
    { username: 'jafar' },
  ],
  projects: [
    { slug: 'lamp-shop', name: 'Lamp Shop', owner: 'genie' },
    { slug: 'carpet', name: 'carpet', owner: '' },
  ],
  builds: [
    {
      project: 'lamp-shop',
      id: 42,
      success: true,
      started: 'Tue, 20 Oct 2009 10:20:00 -0500',
      finished: 'Tue, 20 Oct 2009 10:22:00 -0500',
      tags: ['nightly', 'py2.6'],
      client: { host: 'worker3.example.org', user: 'genie', arch: 'linux-x86_64', cores: 4 },
      results: [
        {
          success: true,
          started: 'Tue, 20 Oct 2009 10:20:00 -0500',
          finished: 'Tue, 20 Oct 2009 10:20:30 -0500',
          name: 'checkout',
          output: 'ok',
          errout: '',
        },
      ],
    },
    {
      project: 'carpet',
      id: 43,
      success: null,
      incremental: true,
      reporter: 'jafar',
      started: 'Wed, 21 Oct 2009 08:00:00 +0200',
      finished: null,
      tags: [],
      client: { host: 'h', user: 'http://jafar.example.org/', arch: 'win32' },
      results: [],
    },
  ],
  build_requests: [
    {
      id: 1,
      project: 'carpet',
      identifier: '9f8e7d',
      requested: 'Wed, 21 Oct 2009 07:59:00 +0200',
      repository: { url: 'git://example.org/carpet', type: 'git' },
    },
  ],
};

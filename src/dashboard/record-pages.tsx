import './style/record.css';
import type { ReactNode } from 'react';
import type { RecordAddress } from './address.js';
import { BuildPage } from './build/build-page.js';
import { EventPage } from './event/event-page.js';
import { JobPage } from './job/job-page.js';

const PAGES = { event: EventPage, build: BuildPage, job: JobPage } as const;

/** The page of one record. */
// React loads a module by its default export.
// oxlint-disable-next-line import/no-default-export
export default function RecordPages({ page }: { readonly page: RecordAddress }): ReactNode {
  const { name, system, legacyId } = page;
  const Shown = PAGES[name];
  return <Shown system={system} legacyId={legacyId} />;
}

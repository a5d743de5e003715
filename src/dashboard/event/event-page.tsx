import type { ReactNode } from 'react';
import { pathOf } from '../address.js';
import { EventActions } from '../account/actions.js';
import { RecordTable } from '../list/record-table.js';
import type { System } from '../operations/documents.js';
import { DependencyGraph } from '../records/dependency-graph.js';
import { History } from '../records/history.js';
import { RecordHead } from '../records/record-head.js';
import { RecordPage } from '../records/record-page.js';
import { Timeline } from '../records/timeline.js';
import { useLiveEvent, type EventNow } from './live-event.js';

/** An event: its builds, what waits for what, and when. */
export function EventPage({ system, legacyId }: { readonly system: System; readonly legacyId: string }): ReactNode {
  const live = useLiveEvent(system, legacyId);
  return (
    <RecordPage live={live} noun="event">
      {(now) => <Event now={now} />}
    </RecordPage>
  );
}

function Event({ now: { event, builds, hasMore, changed, history } }: { readonly now: EventNow }): ReactNode {
  const nodes = builds.map((build) => ({
    id: build.id,
    label: build.name || build.legacyId,
    state: build.state,
    href: pathOf('build', build),
    needs: build.dependsOn.map(({ id }) => id),
  }));
  return (
    <>
      <RecordHead kind="Event" row={event} tags={event.tags}>
        <EventActions event={event} />
      </RecordHead>
      <section aria-labelledby="builds">
        <h2 id="builds">
          Builds <span className="quiet">{hasMore ? `the first ${builds.length}` : builds.length}</span>
        </h2>
        {builds.length > 0 && <RecordTable kind="builds" rows={builds} changed={changed} within={event.id} />}
      </section>
      <DependencyGraph nodes={nodes} />
      <Timeline rows={builds} whole={event} />
      <History changes={history} />
    </>
  );
}

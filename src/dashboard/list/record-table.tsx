import type { ReactNode } from 'react';
import { pathOf } from '../address.js';
import { Link } from '../link.js';
import type { RecordRow } from '../records/record.js';
import { StateWord } from '../records/state-word.js';
import { Moment, Span } from '../records/times.js';
import { SYSTEM_WORDS } from '../records/words.js';
import type { ListPage } from './live-list.js';

const SINGULAR = { events: 'event', builds: 'build', jobs: 'job' } as const;

interface TableProps extends Pick<ListPage, 'kind' | 'rows' | 'changed'> {
  /** Id of the record on whose page they stand, which need not be said of each. */
  readonly within?: string;
}

/** The rows of a page. On a narrow window each is a card; the roles keep it a table for screen readers. */
export function RecordTable({ kind, rows, changed, within }: TableProps): ReactNode {
  return (
    <table role="table" className="records" aria-label={kind}>
      <thead role="rowgroup">
        <tr role="row">
          {['State', 'Name', 'System', 'Requester', 'Recorded', 'Took'].map((title) => (
            <th key={title} role="columnheader" scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <RecordLine key={row.id} row={row} kind={SINGULAR[kind]} change={changed.get(row.id)} within={within} />
        ))}
      </tbody>
    </table>
  );
}

interface LineProps {
  readonly row: RecordRow;
  readonly kind: 'event' | 'build' | 'job';
  /** Cursor of the last change that was seen. */
  readonly change: string | undefined;
  readonly within: string | undefined;
}

function RecordLine({ row, kind, change, within }: LineProps): ReactNode {
  const { state, system, requester, recordedAt, startedAt, finishedAt } = row;
  return (
    <tr role="row" data-id={row.id} data-deleted={row.isDeleted || undefined}>
      <td role="cell" className="of-state">
        {/* Made anew with each change, so that the mark begins again. */}
        {change !== undefined && <span key={change} className="changed" />}
        <StateWord state={state} />
      </td>
      <td role="cell" className="of-name">
        <RecordName row={row} kind={kind} />
        <RecordRemark row={row} within={within} />
      </td>
      <td role="cell" className="of-system">
        {SYSTEM_WORDS[system]}
        {row.project && <span className="quiet"> {row.project.name || row.project.legacyId}</span>}
      </td>
      <td role="cell" className="of-requester">
        {requester}
      </td>
      <td role="cell" className="of-time">
        <Moment at={recordedAt} />
      </td>
      <td role="cell" className="of-span">
        <Span from={startedAt} to={finishedAt} />
      </td>
    </tr>
  );
}

function RecordName({ row, kind }: Pick<LineProps, 'row' | 'kind'>): ReactNode {
  const { name, legacyId, isDeleted } = row;
  const label = name === '' ? legacyId : name;
  return (
    <span className="name">
      {isDeleted ? <s>{label}</s> : <Link href={pathOf(kind, row)}>{label}</Link>}
      {isDeleted && <span className="quiet"> deleted</span>}
      {label !== legacyId && <span className="key"> {legacyId}</span>}
    </span>
  );
}

/** What it belongs to, unless that is called the same, and why it stands where it does. */
function RecordRemark({ row, within }: Pick<LineProps, 'row' | 'within'>): ReactNode {
  const { system, stateReason } = row;
  const related = row.event ?? row.build;
  const label = related?.name || related?.legacyId;
  const isShown = related && related.id !== within && label !== row.name;
  if (!isShown && !stateReason) return null;
  return (
    <span className="remark" title={stateReason ?? undefined}>
      {isShown && (
        <>
          {'in '}
          <Link href={pathOf(row.event ? 'event' : 'build', { system, legacyId: related.legacyId })}>{label}</Link>
        </>
      )}
      {isShown && stateReason && ' · '}
      {stateReason}
    </span>
  );
}

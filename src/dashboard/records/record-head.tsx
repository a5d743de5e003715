import { useEffect, type ReactNode } from 'react';
import type { RecordRow } from './record.js';
import { StateWord } from './state-word.js';
import { ExactMoment, Span } from './times.js';
import { SYSTEM_WORDS } from './words.js';

/** A word and what it is; left out where there is nothing. */
export type Fact = readonly [string, ReactNode];

interface HeadProps {
  readonly kind: 'Event' | 'Build' | 'Job';
  readonly row: RecordRow;
  readonly tags: readonly string[];
  /** Besides those that all records have. */
  readonly facts?: readonly Fact[];
  /** What may be done with it. */
  readonly children?: ReactNode;
}

/** What stands at the top of the page of a record. */
export function RecordHead({ kind, row, tags, facts = [], children }: HeadProps): ReactNode {
  const { name, legacyId, state, stateReason, isDeleted } = row;
  const label = name || legacyId;
  useEffect(() => {
    document.title = `${label} · Buildgate`;
  }, [label]);
  return (
    <>
      <p className="kind quiet">
        {SYSTEM_WORDS[row.system]} {kind.toLowerCase()} <code>{legacyId}</code>
      </p>
      <div className="head">
        <h1>{label}</h1>
        <p aria-live="polite" className="now">
          <StateWord state={state} />
          {isDeleted && ' (deleted)'}
          {stateReason && <span className="quiet"> {stateReason}</span>}
        </p>
        <div className="actions">{children}</div>
      </div>
      <Facts facts={[...commonFacts(row), ...facts, ['Tags', tags.length > 0 && <Tags tags={tags} />]]} />
    </>
  );
}

function commonFacts(row: RecordRow): readonly Fact[] {
  const { project, requester, recordedAt, startedAt, finishedAt } = row;
  return [
    ['Project', project && (project.name || project.legacyId)],
    ['Requester', requester],
    ['Recorded', <ExactMoment at={recordedAt} />],
    ['Started', startedAt && <ExactMoment at={startedAt} />],
    ['Finished', finishedAt && <ExactMoment at={finishedAt} />],
    ['Took', startedAt && <Span from={startedAt} to={finishedAt} />],
  ];
}

function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== false && value !== '')
        .map(([word, value]) => (
          <div key={word}>
            <dt>{word}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Tags({ tags }: { readonly tags: readonly string[] }): ReactNode {
  return (
    <ul className="tags">
      {tags.map((tag) => (
        <li key={tag}>{tag}</li>
      ))}
    </ul>
  );
}

import { useId, type ReactNode } from 'react';
import { navigate } from 'wouter/use-browser-location';
import { Link } from '../link.js';
import { STATE_WORDS, STATES, SYSTEM_WORDS, SYSTEMS } from '../records/words.js';
import type { State } from '../operations/documents.js';
import { Choice } from './choice.js';
import { addressOf, isNarrowed, withFilters, type ListFilters, type Period, type RecordedPeriod } from './filters.js';
import { ProjectField } from './project-field.js';
import { TextField } from './text-field.js';

const PERIOD_WORDS: Readonly<Record<RecordedPeriod, string>> = {
  '1h': 'Last hour',
  '24h': 'Last day',
  '7d': 'Last week',
  '30d': 'Last 30 days',
};

interface BarProps {
  readonly filters: ListFilters;
  /** Records in each state, where that is known. */
  readonly totals: Readonly<Partial<Record<State, number>>> | null;
}

/** What the list is narrowed to; every choice goes to the address, which the list follows. */
export function FilterBar({ filters, totals }: BarProps): ReactNode {
  const change = (changes: Partial<ListFilters>): void => navigate(addressOf(withFilters(filters, changes)));
  return (
    <search aria-label="Filters" className="filters">
      <div className="fields">
        <TextField label="Name contains" value={filters.text} onChange={(text) => change({ text })} />
        <Choice
          label="System"
          all="All systems"
          value={filters.system}
          options={SYSTEMS.map((system) => [system, SYSTEM_WORDS[system]])}
          onChange={(system) => change({ system, project: '' })}
        />
        <ProjectField
          key={filters.project}
          system={filters.system}
          value={filters.project}
          onChange={(project) => change({ project })}
        />
        <Choice
          label="Time"
          all="Any time"
          value={filters.period}
          options={periodsOf(filters)}
          onChange={(period) => change({ period })}
        />
        {isNarrowed(filters) && (
          <Link className="clear" href={addressOf(withFilters(filters, NOTHING))}>
            Clear filters
          </Link>
        )}
      </div>
      <StateChoice chosen={filters.states} totals={totals} onChange={(states) => change({ states })} />
    </search>
  );
}

const NOTHING = { system: null, states: [], project: '', text: '', period: null };

function periodsOf({ kind }: ListFilters): [Period, string][] {
  const periods = Object.entries(PERIOD_WORDS) as [Period, string][];
  return kind === 'events' ? [...periods, ['unrecorded', 'Time not recorded']] : periods;
}

interface StateChoiceProps {
  readonly chosen: readonly State[];
  readonly totals: BarProps['totals'];
  readonly onChange: (states: readonly State[]) => void;
}

function StateChoice({ chosen, totals, onChange }: StateChoiceProps): ReactNode {
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="states">
      <span id={id} className="unseen">
        States
      </span>
      {STATES.map((state) => {
        const isChosen = chosen.includes(state);
        const next = isChosen ? chosen.filter((one) => one !== state) : [...chosen, state];
        return (
          <button
            key={state}
            type="button"
            className="state-choice"
            data-state={state}
            aria-pressed={isChosen}
            onClick={() => onChange(next)}
          >
            {STATE_WORDS[state]}
            {totals && <span className="total"> {(totals[state] ?? 0).toLocaleString('en')}</span>}
          </button>
        );
      })}
    </div>
  );
}

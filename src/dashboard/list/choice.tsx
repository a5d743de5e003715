import type { ReactNode } from 'react';

interface ChoiceProps<Value extends string> {
  readonly label: string;
  /** Words for no choice; without them there is always one. */
  readonly all?: string;
  readonly value: Value | null;
  readonly options: readonly (readonly [Value, string])[];
  readonly onChange: (value: Value | null) => void;
}

/** One of several, or all of them. */
export function Choice<Value extends string>({ label, all, value, options, onChange }: ChoiceProps<Value>): ReactNode {
  return (
    <select
      aria-label={label}
      value={value ?? ''}
      onChange={({ target }) => onChange((target.value || null) as Value | null)}
    >
      {all !== undefined && <option value="">{all}</option>}
      {options.map(([option, words]) => (
        <option key={option} value={option}>
          {words}
        </option>
      ))}
    </select>
  );
}

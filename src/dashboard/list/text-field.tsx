import { useEffect, useState, type ReactNode } from 'react';

/** How long typing may pause before it is searched for. */
const TYPING_MS = 350;

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** Text that is searched for while it is typed. */
export function TextField({ label, value, onChange }: TextFieldProps): ReactNode {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={`${label}…`}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
    />
  );
}

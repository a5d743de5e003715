import { useEffect, useId, useState, type FormEvent, type ReactNode } from 'react';
import { request } from '../gateway/request.js';
import { ProjectNamesDocument, type System } from '../operations/documents.js';

interface Suggestion {
  readonly id: string;
  readonly legacyId: string;
  readonly name: string;
}

interface ProjectFieldProps {
  readonly system: System | null;
  readonly value: string;
  readonly onChange: (project: string) => void;
}

/** The key of a project, with suggestions; taken with Enter or by leaving the field. */
export function ProjectField({ system, value, onChange }: ProjectFieldProps): ReactNode {
  const list = useId();
  const [typed, setTyped] = useState(value);
  const [suggestions, setSuggestions] = useState<readonly Suggestion[] | null>(null);
  const [isUsed, setIsUsed] = useState(false);
  useEffect(() => {
    if (!isUsed) return;
    const abort = new AbortController();
    const filter = { ...(system && { system: { eq: system } }), ...(typed && { legacyId: { startsWith: typed } }) };
    // Suggestions are a help: without them the key is typed.
    request(ProjectNamesDocument, { filter }, abort.signal).then(
      ({ projects }) => setSuggestions(projects.nodes),
      () => undefined,
    );
    return () => abort.abort();
  }, [isUsed, system, typed]);
  const take = (event?: FormEvent): void => {
    event?.preventDefault();
    if (typed !== value) onChange(typed.trim());
  };
  return (
    <form onSubmit={take}>
      <input
        aria-label="Project"
        placeholder="Project"
        list={list}
        value={typed}
        onFocus={() => setIsUsed(true)}
        onBlur={() => take()}
        onChange={({ target }) => setTyped(target.value)}
      />
      <datalist id={list}>
        {suggestions?.map(({ id, legacyId, name }) => (
          <option key={id} value={legacyId}>
            {name}
          </option>
        ))}
      </datalist>
    </form>
  );
}

import { useId, type ReactNode } from 'react';

interface NumbersProps {
  /** What they are of, in words. */
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly [name: string, ...values: readonly number[]])[];
}

/** What a chart shows, as a table that opens when one asks for it. */
export function Numbers({ label, columns, rows }: NumbersProps): ReactNode {
  const id = useId();
  return (
    <details className="numbers">
      <summary>
        Numbers<span className="unseen"> of {label}</span>
      </summary>
      {/* Wider than a phone: it scrolls by itself, also by the keyboard. */}
      <div role="group" aria-labelledby={id} tabIndex={0}>
        <table>
          <caption id={id} className="unseen">
            {label}
          </caption>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(([name, ...values]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {values.map((value, index) => (
                  <td key={columns[index + 1]}>{value.toLocaleString('en')}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

import Anser from 'anser';
import { useMemo, type ReactNode } from 'react';

/** Characters of one text that are shown, from its end. */
const MOST = 400_000;

/** Text of a terminal with its colours. */
export function AnsiText({ text }: { readonly text: string }): ReactNode {
  const pieces = useMemo(() => Anser.ansiToJson(text.slice(-MOST), { use_classes: true, remove_empty: true }), [text]);
  return (
    <>
      {text.length > MOST && (
        <span className="quiet">{`… ${(text.length - MOST).toLocaleString('en')} characters before this\n`}</span>
      )}
      {pieces.map(({ content, fg, bg, decorations }, index) => (
        // Pieces have nothing but their place to be told apart by, and only grow at the end.
        <span key={index} className={[fg, bg && `${bg}-back`, ...decorations].filter(Boolean).join(' ') || undefined}>
          {content}
        </span>
      ))}
    </>
  );
}

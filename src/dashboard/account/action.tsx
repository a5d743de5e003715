import { useRef, useState, type ReactNode } from 'react';

interface ActionProps {
  /** What it does: `Cancel build`. */
  readonly word: string;
  /** What one is asked before, in a sentence. */
  readonly question: string;
  /** @throws Error with the refusal in words */
  readonly run: () => Promise<unknown>;
}

/** Something that may be done with a record: asks first, and says why when it was refused. What it changes is seen live. */
export function Action({ word, question, run }: ActionProps): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isRunning, setRunning] = useState(false);
  const act = async (): Promise<void> => {
    setRefusal(null);
    setRunning(true);
    try {
      await run();
      dialog.current?.close();
    } catch (error) {
      setRefusal((error as Error).message);
    } finally {
      setRunning(false);
    }
  };
  const open = (): void => {
    setRefusal(null);
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" onClick={open}>
        {word}
      </button>
      <dialog ref={dialog} aria-label={word}>
        <p>{question}</p>
        {refusal !== null && <p role="alert">{refusal}</p>}
        <div className="choices">
          <button type="button" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          <button type="button" className="do" disabled={isRunning} onClick={() => void act()}>
            {word}
          </button>
        </div>
      </dialog>
    </>
  );
}

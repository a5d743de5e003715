import { useEffect, useRef, useState, type FormEvent, type ReactNode } from 'react';
import { request } from '../gateway/request.js';
import { changeToken, useToken } from '../gateway/session.js';
import { ViewerDocument, type ViewerQuery } from '../operations/documents.js';

type Viewer = NonNullable<ViewerQuery['viewer']>;

/** Who is signed in, and the way in and out. */
export function Account(): ReactNode {
  const token = useToken();
  return <div className="account">{token === null ? <SignIn /> : <SignedIn token={token} />}</div>;
}

function SignedIn({ token }: { readonly token: string }): ReactNode {
  const [viewer, setViewer] = useState<Viewer | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    request(ViewerDocument, {}, abort.signal).then(
      (answer) => setViewer(answer.viewer ?? null),
      // The page itself tells of a gateway that does not answer, and of a token that it does not know.
      () => undefined,
    );
    return () => abort.abort();
  }, [token]);
  const roles = viewer ? [...(viewer.admin ? ['administrator'] : []), ...viewer.roles].join(', ') : '';
  return (
    <>
      <span>
        {viewer?.name}
        {roles && <span className="quiet"> {roles}</span>}
      </span>
      <button type="button" onClick={() => changeToken(null)}>
        Sign out
      </button>
    </>
  );
}

function SignIn(): ReactNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  const signIn = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const token = typed.trim();
    setRefusal(null);
    const asked = await request(ViewerDocument, {}, undefined, token).catch((error: Error) => error);
    if (asked instanceof Error) setRefusal(asked.message);
    else if (!asked.viewer) setRefusal('This token belongs to no user.');
    else changeToken(token);
  };
  return (
    <>
      <button type="button" onClick={() => dialog.current?.showModal()}>
        Sign in
      </button>
      <dialog ref={dialog} aria-labelledby="sign-in">
        <form onSubmit={(event) => void signIn(event)}>
          <h2 id="sign-in">Sign in</h2>
          <label>
            Token
            <input
              type="password"
              autoComplete="off"
              required
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          </label>
          <p className="quiet">It is kept in this tab and goes with it.</p>
          {refusal !== null && <p role="alert">{refusal}</p>}
          <div className="choices">
            <button type="button" onClick={() => dialog.current?.close()}>
              Leave it
            </button>
            <button type="submit">Sign in</button>
          </div>
        </form>
      </dialog>
    </>
  );
}

import { useSyncExternalStore } from 'react';

const KEY = 'buildgate.token';
const listeners = new Set<() => void>();

/** The token that this tab is signed in with; null without one. It goes when the tab does. */
export function currentToken(): string | null {
  return sessionStorage.getItem(KEY);
}

/** Signs in with a token, or out with null. */
export function changeToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, token);
  for (const listener of listeners) listener();
}

/** The token, for components. */
export function useToken(): string | null {
  return useSyncExternalStore(listen, currentToken);
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

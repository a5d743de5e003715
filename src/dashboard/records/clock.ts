import { useSyncExternalStore } from 'react';

const TICK_MS = 1_000;
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

/** The present, in milliseconds since 1970, by the second; components that use it follow it. */
export function useNow(): number {
  return useSyncExternalStore(listen, () => now);
}

/** The number of the period that the present is in, counted from 1970; components that use it follow it. */
export function usePeriod(lengthMs: number): number {
  return useSyncExternalStore(listen, () => Math.floor(now / lengthMs));
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  now = Date.now();
  for (const listener of listeners) listener();
}

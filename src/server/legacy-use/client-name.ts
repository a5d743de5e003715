/** Longest name of a client that is told apart. */
const MAX_NAME = 200;
// oxlint-disable-next-line no-control-regex -- these are the characters to take out
const CONTROL = /[\u0000-\u001F\u007F-\u009F]/g;

/** What a client calls itself (`User-Agent`), fit for a column and a terminal: without control characters, and not endless. */
export function clientName(userAgent: string): string {
  return userAgent.replace(CONTROL, '').trim().slice(0, MAX_NAME).trimEnd();
}

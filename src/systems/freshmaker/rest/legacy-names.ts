/** A legacy code with its old name and its word in the schema. */
interface LegacyCode {
  readonly code: number;
  readonly name: string;
  /** Value of the schema's enum, `State` or `FreshmakerArtifactType`. */
  readonly value: string;
}

/** Contract freshmaker section 4.1. */
export const EVENT_STATES: readonly LegacyCode[] = [
  { code: 0, name: 'INITIALIZED', value: 'QUEUED' },
  { code: 1, name: 'BUILDING', value: 'RUNNING' },
  { code: 2, name: 'COMPLETE', value: 'SUCCEEDED' },
  { code: 3, name: 'FAILED', value: 'FAILED' },
  { code: 4, name: 'SKIPPED', value: 'SKIPPED' },
  { code: 5, name: 'CANCELED', value: 'CANCELED' },
];

/** Contract freshmaker section 4.2. */
export const BUILD_STATES: readonly LegacyCode[] = [
  { code: 0, name: 'BUILD', value: 'RUNNING' },
  { code: 1, name: 'DONE', value: 'SUCCEEDED' },
  { code: 2, name: 'FAILED', value: 'FAILED' },
  { code: 3, name: 'CANCELED', value: 'CANCELED' },
  { code: 4, name: 'PLANNED', value: 'PLANNED' },
];

/** Contract freshmaker section 3.3. */
export const ARTIFACT_TYPES: readonly LegacyCode[] = ['RPM', 'IMAGE', 'MODULE', 'IMAGE_REPOSITORY'].map(
  (name, code) => ({ code, name, value: name }),
);

/** Whether a filter value is a number rather than a name: digits and nothing else. */
export function isCodeText(text: string): boolean {
  return /^[0-9]+$/.test(text);
}

/** Finds what a filter value means: a code by its digits, a name in any case. */
export function legacyCode(codes: readonly LegacyCode[], text: string): LegacyCode | undefined {
  if (isCodeText(text)) return codes.find(({ code }) => code === Number(text));
  const name = text.toUpperCase();
  return codes.find((candidate) => candidate.name === name);
}

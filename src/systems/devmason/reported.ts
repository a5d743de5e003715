import { isJsonObject } from '../../core/json.js';
import { BuildgateError } from '../../core/errors.js';
import type { OffsetTime } from '../../core/time.js';
import type { BuildInput, BuildStartInput, StepInput } from './inputs.js';
import { USERNAME } from './names.js';
import { splitTags } from './tags.js';
import { indexableText, MAX_CLIENT, isIndexable } from './texts.js';

/** What is reported, checked and brought into the form of the tables (contract devmason, section 7.3). */

/** A step; a time that was not given is null. */
export interface ReportedStep {
  readonly name: string;
  readonly success: boolean;
  readonly started: OffsetTime | null;
  readonly finished: OffsetTime | null;
  /** JSON string, as the other two are JSON: columns hold neither NUL nor half a surrogate pair. */
  readonly output: string;
  /** JSON string. */
  readonly errout: string;
  /** JSON object. */
  readonly extra: string;
  /** Bytes of the three. */
  readonly size: number;
}

/** A build, whole or just begun; a time that was not given is null. */
export interface ReportedBuild {
  readonly incremental: boolean;
  /** Null while it is in progress. */
  readonly success: boolean | null;
  readonly started: OffsetTime | null;
  readonly finished: OffsetTime | null;
  /** JSON object. */
  readonly client: string;
  /** `client.user`, if it could be the name of a user. */
  readonly clientUser: string | null;
  /** `client.user`, if it is a text that a column can hold. */
  readonly credit: string | null;
  readonly tags: readonly string[];
  readonly steps: readonly ReportedStep[];
}

/**
 * A build that is reported as a whole.
 * @param userName of who reports it, for `client.user`
 * @throws BuildgateError INVALID naming the field
 */
export function wholeBuild(build: BuildInput, userName: string | null): ReportedBuild {
  const { success, finished = null, results } = build;
  const steps = (results ?? []).map((step, index) => reportedStep(step, `build.results[${index}]`));
  return { ...begunBuild(build, userName), incremental: false, success, finished, steps };
}

/**
 * A build whose steps are to come.
 * @param userName of who reports it, for `client.user`
 * @throws BuildgateError INVALID naming the field
 */
export function begunBuild({ client, started = null, tags }: BuildStartInput, userName: string | null): ReportedBuild {
  const shown = shownClient(client, userName);
  const text = JSON.stringify(shown);
  if (Buffer.byteLength(text) > MAX_CLIENT) {
    throw new BuildgateError('INVALID', `build.client: must not take more than ${MAX_CLIENT} bytes of JSON.`);
  }
  const { user } = shown;
  return {
    incremental: true,
    success: null,
    started,
    finished: null,
    client: text,
    clientUser: typeof user === 'string' && USERNAME.test(user) ? user : null,
    credit: typeof user === 'string' && user !== '' && isIndexable(user) ? user : null,
    tags: [...splitTags(tags ?? [])].map((tag) => indexableText('build.tags', tag)),
    steps: [],
  };
}

/**
 * A step.
 * @param field where it stands in the input
 * @throws BuildgateError INVALID naming the field
 */
export function reportedStep(step: StepInput, field: string): ReportedStep {
  const { name, success, started = null, finished = null } = step;
  requireObject(`${field}.extra`, step.extra ?? {});
  const output = JSON.stringify(step.output ?? '');
  const errout = JSON.stringify(step.errout ?? '');
  const extra = JSON.stringify(step.extra ?? {});
  const size = [output, errout, extra].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { name: indexableText(`${field}.name`, name), success, started, finished, output, errout, extra, size };
}

/** The first failed step as they are shown: by when they began, then in the order of arrival. */
export function firstFailure(
  steps: readonly { readonly name: string; readonly success: boolean; readonly startedAt: number }[],
): string | null {
  const failed = steps.filter(({ success }) => !success);
  return failed.toSorted((a, b) => a.startedAt - b.startedAt)[0]?.name ?? null;
}

/** A client as it is shown: `user` is the reporter where none was sent. */
function shownClient(client: Readonly<Record<string, unknown>>, userName: string | null): Record<string, unknown> {
  requireObject('build.client', client);
  for (const key of ['host', 'arch'] as const) {
    if (typeof client[key] !== 'string') {
      throw new BuildgateError('INVALID', `build.client.${key}: must be a string.`);
    }
  }
  return { ...client, user: client['user'] ?? userName ?? '' };
}

/** A number too long for JavaScript is an object here, and none in JSON. */
function requireObject(field: string, value: object): void {
  if (!isJsonObject(value)) throw new BuildgateError('INVALID', `${field}: must be an object.`);
}

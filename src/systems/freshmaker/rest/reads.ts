import { BuildgateError } from '../../../core/errors.js';
import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { ok } from './answers.js';
import { buildSelection, eventSelection } from './list-query.js';
import { answerList } from './lists.js';
import {
  type BuildFields,
  type FullEventFields,
  type MinEventFields,
  representBuild,
  representEventFull,
  representEventMin,
  representImageVerification,
  representRepositoryVerification,
} from './represent.js';
import type { JsonValue } from './sorted-json.js';

type Handler = (request: DialectRequest, run: RunOperation) => Promise<DialectResponse>;

/** A code table as a list; it has neither pages nor `meta` (section 3.4). */
export function codeList(operation: string): Handler {
  return async (_request, run) => ok({ items: await readCodes(operation, run) });
}

/** One row of a code table. */
export function singleCode(operation: string, unknown: string): Handler {
  return async ({ parameters }, run) => {
    const wanted = recordNumber(parameters);
    const code = (await readCodes(operation, run)).find(({ id }) => String(id) === wanted);
    if (code === undefined) throw new BuildgateError('NOT_FOUND', unknown);
    return ok(code);
  };
}

async function readCodes(operation: string, run: RunOperation): Promise<{ id: number; name: string }[]> {
  const { freshmaker } = await run<{ freshmaker: { codes: { id: number; name: string }[] } }>(operation);
  return freshmaker.codes.map(({ id, name }) => ({ id, name }));
}

/** GET of the event list, in the full or the min form. */
export const listEvents: Handler = async (request, run) => {
  const selection = eventSelection(request.query);
  const path = `/api/${request.parameters['version']}/events/`;
  if (wantsFullForm(request)) {
    const represent = (event: FullEventFields) => representEventFull(event, request.prefix);
    return answerList(request, run, { operation: 'FreshmakerEventsFull', selection, path, represent });
  }
  const represent = (event: MinEventFields) => representEventMin(event, request.prefix);
  return answerList(request, run, { operation: 'FreshmakerEventsMin', selection, path, represent });
};

/** GET of one event, in the full or the min form. */
export const getEvent: Handler = async (request, run) => {
  const variables = { legacyId: recordNumber(request.parameters) };
  if (wantsFullForm(request)) {
    const { event } = await run<{ event: FullEventFields | null }>('FreshmakerEventFull', variables);
    return ok(representEventFull(found(event, 'No such event found.'), request.prefix));
  }
  const { event } = await run<{ event: MinEventFields | null }>('FreshmakerEventMin', variables);
  return ok(representEventMin(found(event, 'No such event found.'), request.prefix));
};

export const listBuilds: Handler = async (request, run) =>
  answerList<BuildFields>(request, run, {
    operation: 'FreshmakerBuilds',
    selection: buildSelection(request.query),
    path: `/api/${request.parameters['version']}/builds/`,
    represent: (build) => representBuild(build, request.prefix),
  });

export const getBuild: Handler = async ({ parameters, prefix }, run) => {
  const variables = { legacyId: recordNumber(parameters) };
  const { build } = await run<{ build: BuildFields | null }>('FreshmakerBuild', variables);
  return ok(representBuild(found(build, 'No such build found.'), prefix));
};

/** The overrides as stored; JSON null when the build has none. */
export const getPullspecOverrides: Handler = async ({ parameters }, run) => {
  const variables = { legacyId: recordNumber(parameters) };
  const { build } = await run<{ build: { bundlePullspecOverrides: JsonValue } | null }>(
    'FreshmakerPullspecOverrides',
    variables,
  );
  return ok(found(build, 'No such bundle build').bundlePullspecOverrides);
};

export const about: Handler = async (_request, run) => {
  const { freshmaker } = await run<{ freshmaker: { about: { version: string; authBackend: string } } }>(
    'FreshmakerAbout',
  );
  return ok({ auth_backend: freshmaker.about.authBackend, version: freshmaker.about.version });
};

export const verifyImage: Handler = async ({ parameters }, run) => {
  type Data = { freshmaker: { verifyImage: Parameters<typeof representImageVerification>[0] } };
  const { freshmaker } = await run<Data>('FreshmakerVerifyImage', { nvr: parameters['nvr'] });
  return ok(representImageVerification(freshmaker.verifyImage));
};

export const verifyImageRepository: Handler = async ({ parameters: { project, repository } }, run) => {
  type Data = { freshmaker: { verifyImageRepository: Parameters<typeof representRepositoryVerification>[0] } };
  const variables = { repository: `${project}/${repository}` };
  const { freshmaker } = await run<Data>('FreshmakerVerifyImageRepository', variables);
  return ok(representRepositoryVerification(freshmaker.verifyImageRepository));
};

/** Version 1 shows the full form, version 2 the min form; one exact `True` or `False` overrides it (section 3.6). */
function wantsFullForm({ query, parameters }: DialectRequest): boolean {
  const [value, ...more] = query.all('show_full_json');
  if (more.length === 0 && (value === 'True' || value === 'False')) return value === 'True';
  return parameters['version'] === '1';
}

/** The `{id}` of the URI as the records spell it: `007` is 7. */
export function recordNumber(parameters: DialectRequest['parameters']): string {
  return BigInt(parameters['id']!).toString();
}

function found<T>(record: T | null, unknown: string): T {
  if (record === null) throw new BuildgateError('NOT_FOUND', unknown);
  return record;
}

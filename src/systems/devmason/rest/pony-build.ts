import { isJsonObject } from '../../../core/json.js';
import type { Route, RunOperation } from '../../../server/dialect.js';
import { BuildgateError, isRefusal } from '../../../core/errors.js';
import { SLUG } from '../names.js';
import { badRequest } from './answers.js';
import { type JsonObject, reportOf } from './build-body.js';
import { faultText, parseCall, responseText, type RpcCall, type RpcValue } from './xml-rpc.js';

/** The XML-RPC interface of pony-build (contract devmason, section 7.8). A call that fails is answered by a fault. */
export const ponyBuild: Route['handle'] = async ({ body }, run) => {
  const text = await answer(body as Uint8Array, run);
  return { status: 200, headers: { 'Content-Type': 'text/xml; charset=utf-8' }, body: text };
};

async function answer(bytes: Uint8Array, run: RunOperation): Promise<string> {
  try {
    return responseText(await carryOut(parseCall(bytes), run));
  } catch (error) {
    if (error instanceof BuildgateError) return faultText(error.message);
    throw error;
  }
}

async function carryOut({ method, parameters }: RpcCall, run: RunOperation): Promise<string | (string | boolean)[]> {
  switch (method) {
    case 'add_results':
      return addResults(parameters, run);
    case 'check_should_build':
      return [true, 'We always build, now!'];
    default:
      throw new BuildgateError('INVALID', `method "${method}" is not supported`);
  }
}

async function addResults([info, results]: readonly RpcValue[], run: RunOperation): Promise<string> {
  if (!isJsonObject(info) || !Array.isArray(results)) throw new BuildgateError('INVALID', 'add_results: info, results');
  const name = info['package'];
  const slug = typeof name === 'string' ? slugOf(name) : '';
  if (!SLUG.test(slug)) throw new BuildgateError('INVALID', 'package: no name that makes a project.');
  const { build } = reportOf(bodyOf(info, results));
  await register(slug, name as string, run);
  await run('DevmasonReportBuild', { slug, id: null, build });
  return 'Processed Correctly';
}

/** Creates the project of a package when there is none. */
async function register(slug: string, name: string, run: RunOperation): Promise<void> {
  const { devmason } = await run<{ devmason: { project: object | null } }>('DevmasonProject', { slug });
  if (devmason.project !== null) return;
  try {
    await run('DevmasonRegisterProject', { slug, name });
  } catch (error) {
    // Somebody else was faster.
    if (!isRefusal(error, 'CONFLICT')) throw error;
  }
}

/** The report that a client of the REST API would send. */
function bodyOf(info: JsonObject, results: readonly RpcValue[]): JsonObject {
  const { arch = '', host = '', tags, success = false, start_time: started, end_time: finished } = info;
  const client = { host, arch, user: 'pony-client' };
  return { success, started, finished, tags, client, results: results.map(stepBody) };
}

const KEPT = ['command', 'type', 'version_type', 'version_info'];

function stepBody(result: RpcValue): JsonObject {
  if (!isJsonObject(result)) throw badRequest();
  const { status, name = '', output, errout } = result;
  const others = Object.entries(result).filter(([key]) => KEPT.includes(key));
  return { ...Object.fromEntries(others), success: status === 0, name, output, errout };
}

/** The slug of a package name, as clients make it, too. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^\p{ASCII}]/gu, '')
    .replace(/[^\w\s-]/g, '_')
    .trim()
    .toLowerCase()
    .replace(/[-\s]+/g, '-');
}

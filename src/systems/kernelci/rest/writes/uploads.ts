import { boundaryOf, BrokenMultipart, type FormPart, formParts } from '../../../../server/multipart.js';
import type { DialectRequest } from '../../../../server/dialect.js';
import { answer } from '../answers.js';
import { badRequest, refusal, type Write } from './refusal.js';

/** Largest upload in bytes. Nothing of it is kept, in memory or elsewhere. */
export const UPLOAD_LIMIT = 4 * 1024 ** 3;

/** What is said of a file (contract kernelci section 6.8). Files are not kept: none replaces another one. */
function received(filename: string, bytes: number): object {
  return { filename, status: 201, error: null, bytes };
}

/**
 * POST of files (section 6.8): they are read and forgotten, because kernelci-core sends them before it reports a build
 * and stops when they are refused.
 */
export const upload: Write = async (request) => {
  const type = request.headers['content-type'] ?? '';
  if (!/^multipart\/form-data/i.test(type)) {
    throw refusal(415, {
      reason: 'Wrong content type defined: Use multipart/form-data as the content type',
    });
  }
  const parts = await partsOf(request, type);
  requirePlace(request, parts);
  const files = parts.filter(({ fileName }) => fileName !== undefined);
  if (files.length === 0) throw badRequest('No files provided');
  return answer(200, { result: files.map(({ fileName, size }) => received(fileName!, size)) });
};

async function partsOf({ body }: DialectRequest, type: string): Promise<FormPart[]> {
  try {
    return await formParts(body as AsyncIterable<Uint8Array>, boundaryOf(type));
  } catch (error) {
    throw error instanceof BrokenMultipart ? badRequest(`The form cannot be read: ${error.message}`) : error;
  }
}

/** Arguments that make a path together; of those in one list one is enough. */
const PLACE = [['job'], ['git_branch'], ['kernel'], ['arch'], ['defconfig', 'defconfig_full']];

/** @throws Refusal 400 when neither a path nor what it is made of is told, in the form or in the query */
function requirePlace({ query }: DialectRequest, parts: readonly FormPart[]): void {
  const isGiven = (name: string): boolean =>
    (parts.findLast((part) => part.name === name)?.text || query.last(name) || '') !== '';
  if (isGiven('path')) return;
  const missing = PLACE.find((names) => !names.some(isGiven));
  if (missing) throw badRequest(`Missing argument ${missing[0]!}`);
}

/** PUT of one file at its path; read and forgotten, too. */
export const uploadFile: Write = async ({ body, parameters }) => {
  let bytes = 0;
  for await (const piece of body as AsyncIterable<Uint8Array>) bytes += piece.length;
  const path = (parameters['path'] ?? '').replace(/\/+$/, '');
  if (path === '') throw badRequest('Missing destination path');
  const name = path.slice(path.lastIndexOf('/') + 1);
  return answer(201, { result: [received(name, bytes)], reason: `File '${name}' saved` });
};

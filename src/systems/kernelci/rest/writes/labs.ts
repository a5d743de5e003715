import { isJsonObject } from '../../../../core/json.js';
import { BuildgateError } from '../../../../core/errors.js';
import { isOid } from '../../documents.js';
import { LAB } from '../../fields.js';
import { answer } from '../answers.js';
import { type Body, bodyOf, bodyWith, jsonOf, type Keys, pythonList, warned } from './body.js';
import { badRequest, refusal, unfit, type Write } from './refusal.js';
import { readAs, shown } from './values.js';

const KEYS = LAB.body!;
const CHANGES: Keys = { mandatory: [], accepted: [...KEYS.mandatory, ...KEYS.accepted] };

const NO_ID = 'Wrong or missing lab ID';
const NO_TOKEN = 'Error saving or retrieving lab token: no token associated';
const TOKEN_UNKNOWN = 'New token specified not found, will not be updated';

/** A lab of a stored operation. */
interface LabFields {
  readonly legacyId: string;
  readonly name: string;
  readonly token: { readonly token: string | null } | null;
}

/** POST of a lab (contract kernelci section 6.5). */
export const createLab: Write = async (request, run) => {
  const { members, warnings } = bodyOf(request, KEYS);
  if (request.parameters['id'] !== undefined) throw badRequest('To update a lab, perform a PUT request');
  const input = labInput(members);
  const { lab } = await worded(members, run<{ lab: LabFields }>('KernelciCreateLab', { input }));
  const { legacyId, name } = lab;
  const errors = [...(lab.token === null ? [NO_TOKEN] : []), ...warnings];
  return answer(
    201,
    { result: [{ _id: { $oid: legacyId }, name, token: lab.token?.token ?? null }], ...warned(errors) },
    { Location: `${request.prefix}/lab/${legacyId}` },
  );
};

/** PUT of a lab (section 6.5). */
export const updateLab: Write = async (request, run) => {
  const id = request.parameters['id'] ?? '';
  const value = jsonOf(request, () => {
    if (!isOid(id)) throw badRequest(NO_ID);
  });
  const { members, warnings } = bodyWith(value, CHANGES);
  const variables = { legacyId: id, input: labInput(members) };
  const { change } = await worded(members, run<{ change: LabChange }>('KernelciUpdateLab', variables));
  const isUpdated = change.changed || !change.tokenFound;
  const reason = isUpdated ? 'Lab document updated' : 'No new data to update, lab not modified';
  return answer(200, { reason, ...warned([...(change.tokenFound ? [] : [TOKEN_UNKNOWN]), ...warnings]) });
};

interface LabChange {
  readonly changed: boolean;
  readonly tokenFound: boolean;
}

/** What of a lab is said how. */
const READERS = { name: 'text', private: 'boolean', version: 'text', token: 'text' } as const;

/**
 * The lab of a body as the schema takes it; null and a blank token are as if not given.
 * @throws Refusal 400 naming the key whose value is of no use
 */
export function labInput(members: Body['members']): Readonly<Record<string, unknown>> {
  const given = [...members].filter(([, value]) => value !== null);
  return Object.fromEntries(given.flatMap(([key, value]) => labMember(key, value)));
}

function labMember(key: string, value: unknown): [string, unknown][] {
  // What is no contact is none: the schema refuses it, after it has looked for the lab.
  if (key === 'contact') return [[key, isJsonObject(value) ? value : {}]];
  if (key === 'address') {
    if (!isJsonObject(value)) throw unfit(`The value of 'address' is not an object`);
    return [[key, value]];
  }
  if (key === 'token' && value === '') return [];
  const read = readAs(READERS[key as keyof typeof READERS], value);
  if ('wanted' in read) throw unfit(`The value of '${key}' is not ${read.wanted}`);
  if (key === 'name' && String(read.value).trim() === '') throw unfit("The value of 'name' is blank");
  return [[key, read.value]];
}

/** What the verb gives, its refusals in the words of the contract. */
async function worded<Result>(members: Body['members'], result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    throw error instanceof BuildgateError ? wordedRefusal(error, members) : error;
  }
}

function wordedRefusal(error: BuildgateError, members: Body['members']): Error {
  const { code, details } = error;
  if (code === 'NOT_FOUND') return refusal(404, { reason: 'Provided lab ID does not exists' });
  if (code === 'CONFLICT') return badRequest(`Lab '${shown(members.get('name'))}' already exists`);
  if (code !== 'INVALID' || details['field'] !== 'contact') return error;
  const missing = details['missing'];
  return badRequest(
    Array.isArray(missing)
      ? `Missing mandatory keys for 'contact' JSON object: ${pythonList(missing)}`
      : "Provided 'contact' data structure is not a JSON object or is empty",
  );
}

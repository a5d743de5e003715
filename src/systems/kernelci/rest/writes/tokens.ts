import { BuildgateError } from '../../../../core/errors.js';
import { isOid } from '../../documents.js';
import { TOKEN } from '../../fields.js';
import { answer } from '../answers.js';
import { bodyOf, bodyWith, jsonOf, type Keys, warned } from './body.js';
import { badRequest, refusal, type Write } from './refusal.js';
import { tokenInput, WRONG_VALUE } from './token-body.js';

const { mandatory, accepted } = TOKEN.body!;
/** The e-mail address is asked for in words of its own. */
const KEYS: Keys = { mandatory: [], accepted: [...mandatory, ...accepted] };

interface TokenFields {
  readonly token: { readonly token: string | null };
}

/** POST of a token (contract kernelci section 6.6). */
export const createToken: Write = async (request, run) => {
  const { members, warnings } = bodyOf(request, KEYS);
  if (request.parameters['value'] !== undefined) throw badRequest('To update a token, use a PUT request');
  const email = members.get('email') ?? '';
  if (email === '') throw badRequest('New tokens require the email address field [email]');
  const { token } = await worded(run<TokenFields>('KernelciCreateToken', { input: tokenInput(members) }));
  const { origin, prefix } = request;
  return answer(201, { result: [token], ...warned(warnings) }, { Location: `${origin}${prefix}/token/${token.token}` });
};

/** PUT of a token, by its id (section 6.6). */
export const updateToken: Write = async (request, run) => {
  const id = request.parameters['value'];
  const value = jsonOf(request, () => {
    if (id === undefined) throw badRequest('Missing token ID');
  });
  const { members, warnings } = bodyWith(value, KEYS);
  if (!isOid(id ?? '')) throw badRequest('Wrong ID value provided');
  const variables = { legacyId: id, input: tokenInput(members) };
  const { token } = await worded(run<TokenFields>('KernelciUpdateToken', variables));
  return answer(200, { result: [token], ...warned(warnings) });
};

/** Reasons of what the schema says of the addresses. */
const REASONS: Readonly<Record<string, string>> = {
  ipRestricted: 'IP restricted but no IP addresses given',
  ipUnrestricted: 'IP addresses given, but token is not IP restricted',
};

/** What the verb gives, its refusals in the words of the contract. */
async function worded<Result>(result: Promise<Result>): Promise<Result> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof BuildgateError)) throw error;
    if (error.code === 'NOT_FOUND') throw refusal(404);
    if (error.code === 'INVALID') throw badRequest(REASONS[String(error.details['field'])] ?? WRONG_VALUE);
    throw error;
  }
}

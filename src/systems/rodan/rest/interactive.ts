import { BuildgateError } from '../../../core/errors.js';
import { ok, told } from './answers.js';
import type { Answering } from './exchange.js';
import type { Method } from './resource.js';

/** Takes the lock of a run job that waits for input; whatever is in the body does not matter. */
const acquire: Answering = async ({ run, id, links }) => {
  type Data = { turn: { token: string; expiresAt: string } };
  try {
    const { turn } = await run<Data>('RodanAcquireRunJob', { uuid: id });
    return ok({ working_url: links.to(`/interactive/${id}/${turn.token}/`), working_user_expiry: turn.expiresAt });
  } catch (error) {
    if (!(error instanceof BuildgateError) || error.code !== 'INVALID') throw error;
    return told(400, error.message, 'message');
  }
};

/** POST of `/interactive/{id}/acquire/`, the id being that of the run job (contract rodan, section 9.5). */
export const INTERACTIVE_METHOD: Method = {
  uri: '/interactive/{id}/acquire/',
  method: 'POST',
  summary: 'Take the lock of a run job that waits for input, for 15 seconds',
  operations: ['RodanAcquireRunJob'],
  answers: {
    200: 'It is the caller’s, until when and where',
    400: 'It does not wait, or somebody else has it',
    404: 'None that is there for this caller',
  },
  handle: acquire,
};

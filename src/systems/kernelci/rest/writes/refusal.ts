import type { DialectRequest, RunOperation, WholeResponse } from '../../../../server/dialect.js';
import { answer, type Members } from '../answers.js';
import { invalidJson } from '../json-body.js';

/** Leaves a write early with the answer that says why. */
export class Refusal extends Error {
  constructor(readonly answer: WholeResponse) {
    super(`refused with ${answer.status}`);
  }
}

/** A refusal with this status. */
export function refusal(status: number, members: Members = {}): Refusal {
  return new Refusal(answer(status, members));
}

/** 400 with a reason. */
export function badRequest(reason: string): Refusal {
  return refusal(400, { reason });
}

/** 400 for JSON that is not what is asked for; `fault` says why (contract kernelci section 6). */
export function unfit(fault: string): Refusal {
  return new Refusal(invalidJson([fault]));
}

/** What answers a write. */
export type Write = (request: DialectRequest, run: RunOperation) => Promise<WholeResponse>;

/** The write, with its refusals as answers. */
export function refusing(write: Write): Write {
  return async (request, run) => {
    try {
      return await write(request, run);
    } catch (error) {
      if (error instanceof Refusal) return error.answer;
      throw error;
    }
  };
}

import type { Random } from '../bench/random.js';
import { edgeText, edgeValue, jsonText, mutated } from './values.js';

/**
 * The body of a message that says what came of a job of buildapi, with something wrong about it.
 * @param jobs numbers of jobs that there are
 */
export function agentMessage(jobs: readonly number[], random: Random): string {
  const message = {
    request_id: random.pick(jobs),
    body: { errors: random.chance(0.5), msg: random.chance(0.5) ? 'Ok' : edgeText(random) },
  };
  if (random.chance(0.05)) return edgeText(random);
  if (random.chance(0.05)) return jsonText(edgeValue(random), random);
  return jsonText(mutated(message, random), random);
}

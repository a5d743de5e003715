import { Random } from '../bench/random.js';

/** Seed of all that is made up here; printed by every finding. */
export const SEED = Number(process.env.BUILDGATE_TEST_FUZZ_SEED ?? 20_261_121);

/** How many requests all campaigns together send. */
export const REQUESTS = Number(process.env.BUILDGATE_TEST_FUZZ_REQUESTS ?? 4_000);

/** The database under test. */
export const DATABASE = process.env.BUILDGATE_TEST_DATABASE ?? 'sqlite';

const IN_FLIGHT = 4;
/** More findings than these say nothing new. */
const MAX_FINDINGS = 40;

/** Sends one request made of a seed of its own; says what the answer breaks, and what was sent. */
export type Shot = (random: Random, number: number) => Promise<string | undefined>;

/**
 * Sends requests, a few at a time. The request with a number is the same whatever the others are.
 * @returns what was found, each kind of finding once
 */
export async function campaign(name: string, share: number, shoot: Shot): Promise<string[]> {
  const findings = new Map<string, string>();
  const count = Math.ceil(REQUESTS * share);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count && findings.size < MAX_FINDINGS) {
      const number = next++;
      const found = await shoot(new Random(SEED + number * 7_919), number);
      if (found === undefined) continue;
      const kind = found.split('\n', 1)[0]!;
      if (!findings.has(kind)) findings.set(kind, `${name} ${number} of seed ${SEED}: ${found}`);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return [...findings.values()];
}

import { randomBytes, randomInt } from 'node:crypto';

const SECOND = 1_000_000;
const COUNTER_SIZE = 0x1000000;
const PROCESS = randomBytes(5).toString('hex');
let counter = randomInt(COUNTER_SIZE);

/**
 * A new legacy id (contract kernelci, section 4): creation time in seconds, five bytes of this process, and a counter; so
 * ids sort by age.
 * @param now microseconds since 1970
 */
export function newOid(now: number): string {
  counter = (counter + 1) % COUNTER_SIZE;
  const seconds = Math.floor(now / SECOND) % 0x100000000;
  return `${seconds.toString(16).padStart(8, '0')}${PROCESS}${counter.toString(16).padStart(6, '0')}`;
}

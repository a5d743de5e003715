// Puts a gateway under mixed traffic and prints what it takes: `npm run soak -- [--requests 100000] [--subscribers 2000]
// [--connections 32]`. Fails when an answer is wrong or something grows, never because of a time.
import { parseArgs } from 'node:util';
import type { Taken } from './gateway-process.ts';
import { faultsOf } from './growth.ts';
import { mixedLoad } from './mixed-load.ts';
import { quantilesText } from './quantiles.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    subscribers: { type: 'string', default: '2000' },
    connections: { type: 'string', default: '32' },
  },
});
const [requests, subscribers, connections] = [values.requests, values.subscribers, values.connections].map(Number);
const load = await mixedLoad({ requests: requests!, subscribers: subscribers!, connections: connections! });

console.log(`${requests} requests twice over ${connections} connections, beside ${subscribers} subscribers`);
console.log(`before:      ${takenText(load.before)}`);
for (const [index, { traffic, taken }] of load.halves.entries()) {
  const { sent, seconds, succeeded, refused, wrong, latencies } = traffic;
  const rate = Math.round(sent / seconds);
  console.log(`half ${index + 1}:      ${takenText(taken)}`);
  console.log(`  ${rate} requests/s; ${succeeded} right, ${refused} refused, ${wrong} wrong`);
  console.log(`  ${quantilesText(latencies.succeeded)}`);
}
console.log(`afterwards:  ${takenText(load.after)}`);
const faults = faultsOf(load);
for (const fault of faults) console.error(`FAULT: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;

function takenText({ heapBytes, residentBytes, descriptors, delayMs }: Taken): string {
  const mebibytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  const delay = `event loop late by p50 ${delayMs.p50}, p99 ${delayMs.p99}, max ${delayMs.max} ms`;
  return `heap ${mebibytes(heapBytes)}, resident ${mebibytes(residentBytes)}, ${descriptors} descriptors, ${delay}`;
}

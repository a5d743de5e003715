// Measures what a gateway can do, offers three times as much, and prints what becomes of it: `npm run overload -- [--seconds 10]
// [--connections 2000] [--factor 3] [--rounds 3]`. Fails when an answer is neither right nor a correct refusal, never
// because of a rate.
import { parseArgs } from 'node:util';
import { overloadRun } from './overload-run.ts';
import { quantilesText } from './quantiles.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '10' },
    connections: { type: 'string', default: '2000' },
    factor: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '3' },
  },
});
const [seconds, connections, factor, rounds] = [values.seconds, values.connections, values.factor, values.rounds].map(
  Number,
);
const measured = await overloadRun({
  seconds: seconds!,
  connections: connections!,
  factor: factor!,
  rounds: rounds!,
});

for (const { capacity, offered, overloaded, taken } of measured) {
  const { inTime, refused, wrong, seconds: took, latencies } = overloaded;
  const rate = inTime / seconds!;
  console.log(`capacity ${Math.round(capacity)}/s, offered ${Math.round(offered)}/s`);
  console.log(
    `  answered ${Math.round(rate)}/s (${Math.round((100 * rate) / capacity)} % of the capacity), refused ${Math.round(refused / took)}/s, wrong ${wrong}`,
  );
  console.log(`  answers:  ${quantilesText(latencies.succeeded)}`);
  console.log(`  refusals: ${quantilesText(latencies.refused)}`);
  console.log(`  event loop late by p50 ${taken.delayMs.p50}, p99 ${taken.delayMs.p99}, max ${taken.delayMs.max} ms`);
  for (const example of overloaded.wrongExamples) console.error(`FAULT: ${example}`);
}
process.exitCode = measured.some(({ overloaded }) => overloaded.wrong > 0) ? 1 : 0;

// Several gateways on one PostgreSQL, as processes of this machine with nothing in front of them:
//
//   DATABASE_URL=postgres://... BROKER_URL=amqp://... node scripts/start-cluster.mjs [COUNT]
//
// Takes the settings of `buildgate serve` and the compiled program; COUNT is 2 unless told. PORT is the first gateway's,
// the others take the next ones; 0: any that are free. Brings the database to the newest structure, prints one line for
// each gateway that listens, and starts one that ends again on its port. SIGINT and SIGTERM end all.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const count = Number(process.argv[2] ?? 2);
const { DATABASE_URL: databaseUrl = '', PORT: port = '4000' } = process.env;
if (!Number.isInteger(count) || count < 1) fail('COUNT: a whole number from 1 on.');
if (!/^postgres(ql)?:/.test(databaseUrl)) fail('DATABASE_URL: several gateways need PostgreSQL.');

const running = new Set();
let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop());
// Whoever started this as a child with a channel is gone. The channel itself keeps nothing running.
process.on('disconnect', () => stop());
process.channel?.unref();

const [migrated] = await once(buildgate(['migrate'], port, 'ignore'), 'exit');
if (migrated !== 0) fail('The database could not be migrated.');
await Promise.all(Array.from({ length: count }, (_, index) => keepRunning(index + 1)));

async function keepRunning(number) {
  let ownPort = port === '0' ? '0' : String(Number(port) + number - 1);
  while (!stopping) {
    const child = buildgate(['serve'], ownPort, 'pipe');
    running.add(child);
    let url;
    createInterface({ input: child.stdout }).on('line', (line) => {
      url = /^buildgate listens on (\S+)$/.exec(line)?.[1];
      if (url === undefined) return;
      ownPort = new URL(url).port;
      console.log(`gateway ${number}: ${url} (process ${child.pid})`);
    });
    await once(child, 'close');
    running.delete(child);
    if (url === undefined && !stopping) {
      stop();
      fail(`Gateway ${number} did not start.`);
    }
  }
}

function buildgate(args, ownPort, stdout) {
  const env = { ...process.env, PORT: ownPort };
  return spawn(process.execPath, [MAIN, ...args], { env, stdio: ['ignore', stdout, 'inherit'] });
}

function stop() {
  stopping = true;
  for (const child of running) child.kill('SIGTERM');
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

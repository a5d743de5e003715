import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Config } from '../config.js';
import { Checks, reasonOf, type CheckResult } from './check.js';

const LOOPBACK = /^(localhost|127\..*|::1)$/;
/** How long whoever has the port may take to say what it is, in milliseconds. */
const ANSWER_MS = 2_000;

/** Whether the gateway can listen where it is to, and who can reach it there. */
export async function checkListening({ server, auth }: Pick<Config, 'server' | 'auth'>): Promise<CheckResult[]> {
  const checks = new Checks('port');
  const { host, port } = server;
  if (auth.mode === 'none' && !LOOPBACK.test(host)) {
    const advice = 'let BUILDGATE_AUTH be token, or put a proxy in front that asks for credentials';
    checks.warning(`everybody who reaches ${host} may do everything`, advice);
  }
  try {
    await listenOnce(host, port);
    checks.ok(port === 0 ? 'any free one is taken' : `${host} port ${port} is free`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE') checks.failed(`${host} port ${port}: ${reasonOf(error)}`, 'check HOST and PORT');
    else if (await isGateway(host, port)) {
      checks.warning(`a gateway answers at ${host} port ${port} already`, 'fine if it is this one; else set PORT');
    } else checks.failed(`another program has ${host} port ${port}`, 'set PORT, or stop that program');
  }
  return checks.results;
}

async function listenOnce(host: string, port: number): Promise<void> {
  const server = createServer();
  server.listen(port, host);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}

async function isGateway(host: string, port: number): Promise<boolean> {
  const name = ['0.0.0.0', '::'].includes(host) ? '127.0.0.1' : host;
  const url = `http://${name.includes(':') ? `[${name}]` : name}:${port}/readyz`;
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    return typeof (await answer.json()) === 'object';
  } catch {
    return false;
  }
}

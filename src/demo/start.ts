import type { Logger } from 'pino';
import { startApp } from '../app.js';
import { openDemoDatabase, type DemoDatabaseOptions } from './database.js';
import { GatewayClient } from './gateway-client.js';
import { Simulation } from './simulation.js';

/** What a demo is started with. */
export interface DemoOptions extends DemoDatabaseOptions {
  /** How many times faster than usual builds move. */
  readonly speed: number;
  readonly logger: Logger;
}

/** A gateway with sample data, on which agents keep builds moving. */
export interface Demo {
  readonly url: string;
  /** The SQLite file. */
  readonly file: string;
  /** Token of the administrator. */
  readonly token: string;
  /** Stops agents and gateway, and removes the database unless it is to be kept. */
  readonly close: () => Promise<void>;
}

/**
 * Starts a demo.
 * @throws Error when the port is taken; nothing is left then
 */
export async function startDemo({ speed, seed, logger, ...options }: DemoOptions): Promise<Demo> {
  const { config, file, userToken, agentToken, remove } = await openDemoDatabase({ ...options, seed });
  const app = await startApp(config, { logger }).catch((error: unknown) => {
    remove();
    throw error;
  });
  const simulation = new Simulation({
    agent: new GatewayClient(app.url, agentToken),
    user: new GatewayClient(app.url, userToken),
    seed,
    speed,
    onTrouble: (agent, error) => logger.warn({ err: error, agent }, 'step of a simulated agent failed'),
  });
  const close = async (): Promise<void> => {
    await simulation.stop();
    await app.close();
    remove();
  };
  return { url: app.url, file, token: userToken, close };
}

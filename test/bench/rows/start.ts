import type { Measured, Row } from '../bench.ts';
import { residentMiB, runProgram, startGateway } from '../processes.ts';
import { median } from '../table.ts';

/** From the start of the process until it has told where it listens, on a warm database. */
export const START_ROW: Row = {
  name: 'start',
  work: 'start of the gateway on a warm database, SQLite',
  reference: 'start and end of an empty Node.js process',
  unit: 'starts',
  ratio: 'time',
  goal: null,
  prepare: async ({ data }) => {
    const url = `sqlite:${await data.sqlite()}`;
    const started: { seconds: number; memory: number }[] = [];
    const start = async (): Promise<Measured> => {
      const begun = performance.now();
      const server = await startGateway(url);
      const seconds = (performance.now() - begun) / 1000;
      started.push({ seconds, memory: residentMiB(server.pid) ?? NaN });
      await server.stop();
      return { rate: 1 / seconds, cpuMs: null };
    };
    await start();
    started.length = 0;
    return {
      ours: start,
      reference: async () => {
        const begun = performance.now();
        await runProgram(['--eval', '']);
        return { rate: 1000 / (performance.now() - begun), cpuMs: null };
      },
      facts: async () => ({
        'seconds until it listens': median(started.map(({ seconds }) => seconds)).toFixed(2),
        'memory when it listens': `${median(started.map(({ memory }) => memory))} MiB`,
      }),
    };
  },
};

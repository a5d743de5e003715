/**
 * The first signal, which ends a command with grace; the second ends the process at once. Listened for from the start,
 * so that whoever is told of a step may send the next signal.
 */
export function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let heard = false;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.on(name, () => {
        if (heard) process.exit(1);
        heard = true;
        resolve(name);
      });
    }
  });
}

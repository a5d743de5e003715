import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Listens on any free port of the loopback and tells where; ends when told to. */
export function listen(server: Server): void {
  server.listen(0, '127.0.0.1', () => announce((server.address() as AddressInfo).port));
}

/** Tells who has started this process where it answers. */
export function announce(port: number): void {
  console.log(`reference listens on http://127.0.0.1:${port}`);
  process.on('SIGTERM', () => process.exit());
}

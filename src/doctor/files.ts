import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bits of a file's mode that let everybody read, and that let others than the owner write. */
export const [READABLE_BY_ALL, WRITABLE_BY_OTHERS] = [0o004, 0o022];

/** File systems over a network, by what `statfs` calls them: the magic numbers in `linux/magic.h`, and that of CIFS. */
const NETWORK_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB 2'],
  [0x5346414f, 'AFS'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
]);

/** Whether this process may do both to a path. */
export function isReadableAndWritable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** The folder of a path, or the nearest one above that exists: there the rest is made. */
export function existingFolder(path: string): string {
  const folder = dirname(path);
  return existsSync(folder) || folder === dirname(folder) ? folder : existingFolder(folder);
}

/** What the network file system is called that a path is on; null where it is a local one, or nobody can tell. */
export function networkFileSystem(path: string): string | null {
  if (process.platform !== 'linux') return null;
  return NETWORK_FILE_SYSTEMS.get(statfsSync(path).type) ?? null;
}

/** A mode as `chmod` takes it. */
export function modeText(mode: number): string {
  return (mode & 0o777).toString(8).padStart(3, '0');
}

import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import type { SystemName } from '../../config-values.js';
import { ByteSource } from '../../core/import/byte-source.js';
import { runImport, type ImportTarget } from '../../core/import/run.js';
import { SYSTEMS } from '../../systems/index.js';
import { Random } from '../random.js';
import { buildapiData } from './buildapi.js';
import { devmasonData } from './devmason.js';
import { freshmakerData } from './freshmaker.js';
import { kernelciData } from './kernelci.js';
import { rodanData } from './rodan.js';

/** Makes the records of a system over the last day, in the format of its import. */
type Generator = (random: Random, now: number) => object;

const GENERATORS: Readonly<Record<SystemName, Generator>> = {
  freshmaker: freshmakerData,
  buildapi: buildapiData,
  devmason: devmasonData,
  rodan: rodanData,
  kernelci: kernelciData,
};

/**
 * Imports the example of each system, and some two hundred generated records beside it.
 * @param now milliseconds since 1970, where the last day ends
 */
export async function importSamples(target: ImportTarget, seed: number, now: number): Promise<void> {
  for (const system of SYSTEMS) {
    const example = readFileSync(new URL(`../../../examples/${system.name}.json`, import.meta.url));
    const generated = Buffer.from(JSON.stringify(GENERATORS[system.name](new Random(seed), now)));
    for (const bytes of [example, generated]) {
      await runImport(target, system.import, ByteSource.stream(Readable.from([bytes])));
    }
  }
}

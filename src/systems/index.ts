// type-graphql's decorators need it before the first of them runs.
import 'reflect-metadata';
import { buildapi } from './buildapi/index.js';
import { devmason } from './devmason/index.js';
import { freshmaker } from './freshmaker/index.js';
import { kernelci } from './kernelci/index.js';
import { rodan } from './rodan/index.js';
import type { SystemDefinition } from './system.js';

/** The systems of this gateway. A further one is a folder and a line here. */
export const SYSTEMS: readonly SystemDefinition[] = [freshmaker, buildapi, devmason, rodan, kernelci];

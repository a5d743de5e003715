import type { Fact } from '../records/record-head.js';
import type { BuildDetail } from './live-build.js';

/** What only the build's system says of it. */
export function buildFacts(build: BuildDetail): readonly Fact[] {
  if ('rebuildReason' in build) {
    return [
      ['Before', build.originalNvr],
      ['After', build.rebuiltNvr],
      ['Rebuilt because', build.rebuildReason],
    ];
  }
  if ('attempts' in build) {
    return [
      ['Revision', build.revision && <code>{build.revision}</code>],
      ['Priority', build.priority],
      ['Reason', build.buildReason],
    ];
  }
  if ('client' in build) {
    return Object.entries(build.client).flatMap(([word, value]): Fact[] =>
      typeof value === 'string' ? [[word, value]] : [],
    );
  }
  if ('uuid' in build) return [['Description', build.description]];
  if ('defconfigFull' in build) {
    return [
      ['Kernel', build.gitDescribe],
      ['Branch', build.gitBranch],
      ['Configuration', build.defconfigFull],
      ['Architecture', build.arch],
      ['Compiler', build.compilerVersionFull],
      ['Errors', build.errors],
      ['Warnings', build.warnings],
      ['Log', build.buildLog],
    ];
  }
  return [];
}

import type { DialectRequest, DialectResponse, RunOperation } from '../../../server/dialect.js';
import { BuildTexts } from './build-texts.js';
import { Links } from './links.js';

/** What handlers know besides the request. */
export interface Setting {
  /** Whether projects and builds may be registered without credentials. */
  readonly anonymous: boolean;
}

/** One request on its way to an answer. */
export class Exchange {
  readonly links: Links;
  readonly builds: BuildTexts;

  constructor(
    readonly request: DialectRequest,
    readonly run: RunOperation,
    readonly setting: Setting,
  ) {
    this.links = new Links(request, setting.anonymous);
    this.builds = new BuildTexts(run, this.links);
  }

  /** A parameter of the URI. */
  readonly parameter = (name: 'project' | 'build_id' | 'tags' | 'username'): string => this.request.parameters[name]!;
}

/** Answers a request. */
export type Answering = (exchange: Exchange) => DialectResponse | Promise<DialectResponse>;

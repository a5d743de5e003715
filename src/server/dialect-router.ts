import { decodePathSegment } from './percent-encoding.js';

/**
 * What a `{parameter}` of a documented URI may be: ASCII digits alone, any segment that is not empty, one of a few
 * fixed texts, or what a pattern matches from beginning to end. A decoded `/` inside a segment stays inside it. `rest`, at
 * the end of a URI, is all that follows, one segment or several.
 */
export type ParameterType = 'digits' | 'segment' | 'rest' | readonly string[] | RegExp;

/** The part of a route that says where it answers. */
export interface RouteAddress {
  readonly method: string;
  /** The documented template, below the mount: `/api/{version}/events/{id}`. */
  readonly uri: string;
  /** Type of every parameter of the template. */
  readonly parameters?: Readonly<Record<string, ParameterType>>;
}

/** The URI a path was found to be, with the routes that answer there by method. */
export interface RouteMatch<R extends RouteAddress> {
  /** The documented template. */
  readonly uri: string;
  readonly methods: ReadonlyMap<string, R>;
  readonly parameters: Readonly<Record<string, string>>;
}

type Segment =
  | { readonly text: string }
  | { readonly name: string; readonly fits: (segment: string) => boolean; readonly isRest: boolean };

interface Resource<R extends RouteAddress> {
  readonly uri: string;
  readonly segments: readonly Segment[];
  readonly methods: Map<string, R>;
}

/**
 * Finds routes by exact, case-sensitive comparison of decoded path segments: no dot segments, no double decoding, no
 * optional slashes unless told. Of several URIs that fit, the one listed first answers.
 */
export class DialectRouter<R extends RouteAddress> {
  private readonly resources: readonly Resource<R>[];

  /**
   * @param optionalSlash whether a URI that is not listed is that without the slash at its end
   * @throws Error naming the route, when a parameter has no type or a method is listed twice for one URI
   */
  constructor(
    routes: readonly R[],
    private readonly optionalSlash = false,
  ) {
    const resources = new Map<string, Resource<R>>();
    for (const route of routes) {
      const resource = resources.get(route.uri) ?? { uri: route.uri, segments: segmentsOf(route), methods: new Map() };
      if (resource.methods.has(route.method)) throw new Error(`${route.method} ${route.uri} is listed twice`);
      resource.methods.set(route.method, route);
      resources.set(route.uri, resource);
    }
    this.resources = [...resources.values()];
  }

  /** @param path below the mount, as sent, without the query; the bare mount is `/` unless it has a route of its own */
  match(path: string): RouteMatch<R> | undefined {
    const segments = path.split('/').map(decodePathSegment);
    if (segments.includes(undefined)) return undefined;
    return this.find(segments as string[]) ?? this.findOtherwise(path, segments as string[]);
  }

  private findOtherwise(path: string, segments: readonly string[]): RouteMatch<R> | undefined {
    if (path === '') return this.find(['', '']);
    return this.optionalSlash && path.endsWith('/') ? this.find(segments.slice(0, -1)) : undefined;
  }

  private find(segments: readonly string[]): RouteMatch<R> | undefined {
    for (const resource of this.resources) {
      const parameters = matchSegments(resource.segments, segments);
      if (parameters !== undefined) return { uri: resource.uri, methods: resource.methods, parameters };
    }
    return undefined;
  }
}

function segmentsOf({ method, uri, parameters = {} }: RouteAddress): Segment[] {
  return uri.split('/').map((text) => {
    const name = /^\{(\w+)\}$/.exec(text)?.[1];
    if (name === undefined) return { text };
    const type = parameters[name];
    if (type === undefined) throw new Error(`${method} ${uri}: parameter ${name} has no type`);
    return { name, fits: fitting(type), isRest: type === 'rest' };
  });
}

function matchSegments(pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | undefined {
  const last = pattern.at(-1)!;
  const endsInRest = 'isRest' in last && last.isRest;
  if (endsInRest ? segments.length < pattern.length : segments.length !== pattern.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = expected === last && endsInRest ? segments.slice(index).join('/') : segments[index]!;
    if ('text' in expected) {
      if (expected.text !== segment) return undefined;
    } else if (expected.fits(segment)) parameters[expected.name] = segment;
    else return undefined;
  }
  return parameters;
}

function fitting(type: ParameterType): (segment: string) => boolean {
  if (type === 'segment' || type === 'rest') return (segment) => segment !== '';
  if (type !== 'digits' && !(type instanceof RegExp)) return (segment) => type.includes(segment);
  const pattern = new RegExp(patternOf(type), type === 'digits' ? '' : type.flags.replace(/[gmy]/g, ''));
  return (segment) => pattern.test(segment);
}

/** The regular expression that a whole segment of the type matches. */
export function patternOf(type: 'digits' | RegExp): string {
  return type === 'digits' ? '^[0-9]+$' : `^(?:${type.source})$`;
}

import { decodePathSegment } from './percent-encoding.js';

/**
 * What a `{parameter}` of a documented URI may be: ASCII digits alone, any segment that is not empty, or one of a few
 * fixed texts. A decoded `/` inside a segment stays inside it.
 */
export type ParameterType = 'digits' | 'segment' | readonly string[];

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
  readonly methods: ReadonlyMap<string, R>;
  readonly parameters: Readonly<Record<string, string>>;
}

type Segment = { readonly text: string } | { readonly name: string; readonly type: ParameterType };

interface Resource<R extends RouteAddress> {
  readonly segments: readonly Segment[];
  readonly methods: Map<string, R>;
}

/**
 * Finds routes by exact, case-sensitive comparison of decoded path segments: no optional slashes, no dot segments, no
 * double decoding. Of several URIs that fit, the one listed first answers.
 */
export class DialectRouter<R extends RouteAddress> {
  private readonly resources: readonly Resource<R>[];

  /** @throws Error naming the route, when a parameter has no type or a method is listed twice for one URI */
  constructor(routes: readonly R[]) {
    const resources = new Map<string, Resource<R>>();
    for (const route of routes) {
      const resource = resources.get(route.uri) ?? { segments: segmentsOf(route), methods: new Map() };
      if (resource.methods.has(route.method)) throw new Error(`${route.method} ${route.uri} is listed twice`);
      resource.methods.set(route.method, route);
      resources.set(route.uri, resource);
    }
    this.resources = [...resources.values()];
  }

  /** @param path below the mount, as sent, without the query */
  match(path: string): RouteMatch<R> | undefined {
    const segments = path.split('/').map(decodePathSegment);
    if (segments.includes(undefined)) return undefined;
    for (const resource of this.resources) {
      const parameters = matchSegments(resource.segments, segments as string[]);
      if (parameters !== undefined) return { methods: resource.methods, parameters };
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
    return { name, type };
  });
}

function matchSegments(pattern: readonly Segment[], segments: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== segments.length) return undefined;
  const parameters: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index]!;
    if ('text' in expected) {
      if (expected.text !== segment) return undefined;
    } else if (fits(segment, expected.type)) parameters[expected.name] = segment;
    else return undefined;
  }
  return parameters;
}

function fits(segment: string, type: ParameterType): boolean {
  if (type === 'digits') return /^[0-9]+$/.test(segment);
  return type === 'segment' ? segment !== '' : type.includes(segment);
}

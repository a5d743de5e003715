import type { ParameterType } from '../../../server/dialect-router.js';
import type { BodyContent } from '../../../server/dialect-description.js';
import type { QueryParameter, Route } from '../../../server/dialect.js';
import { PARSES } from './body.js';
import type { Collection } from './collections.js';
import { Exchange, type Answering } from './exchange.js';
import type { Field } from './fields.js';
import { describeView } from './options.js';

/** A documented URI (contract rodan, section 2), as OPTIONS tells of it. */
export interface View {
  /** Template below the mount: `/workflow/{id}/`. */
  readonly uri: string;
  /** Name of the old class in words: `Workflow Run List`. */
  readonly name: string;
  readonly description: string;
  /** What it is about: a heading of the reference. */
  readonly subject: string;
  /** Whether it is open to callers without credentials. */
  readonly isPublic?: true;
  /** The list that is served here, with its filters and orders. */
  readonly collection?: Collection;
  /** What POST (of a list) or PUT (of anything else) takes; without it OPTIONS tells of no action. */
  readonly fields?: readonly Field[];
  /**
   * Whether this caller may POST or PUT here; everybody who gets as far as this unless told.
   * @throws BuildgateError NOT_FOUND where there is no object that the caller may view
   */
  readonly mayWrite?: (exchange: Exchange) => Promise<boolean>;
  /** Names of the stored operations that this takes. */
  readonly operations?: readonly string[];
}

/** One method of a URI that has a view. HEAD is answered by GET, OPTIONS from the view. */
export interface Method {
  readonly uri: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly summary: string;
  /** Names of the stored operations behind it. */
  readonly operations: readonly string[];
  readonly query?: readonly QueryParameter[];
  /** What the body may hold, for documents. */
  readonly content?: BodyContent;
  /** Media types of the answer, for documents; none: it has no body. */
  readonly mediaTypes?: readonly string[];
  /** Statuses besides 401, each with its meaning. */
  readonly answers: Route['answers'];
  /** Whether the answer to a GET may be given again as long as the database has not changed. */
  readonly kept?: true;
  /** Called after route, representation, credentials and method; for POST, PUT and PATCH `request.body` is a Buffer. */
  readonly handle: Answering;
}

/** Types of the parameters of URIs: an id in upper case or of another shape is no URI at all. */
const PARAMETERS: Readonly<Record<string, ParameterType>> = {
  id: /[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}/,
  n: 'digits',
};

const FORMAT: QueryParameter = { name: 'format', description: '`json`; anything else is 404', values: ['json'] };

/** Bodies are read late, so that an object that is not there counts before them: 10 MiB. */
const BODY: NonNullable<Route['body']> = { kind: 'bytes', limit: 10 * 1024 * 1024 };
const WITH_BODY: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/**
 * The routes of all URIs that have both a view and methods, OPTIONS included.
 * @throws Error naming the URI, when a method has no view
 */
export function routesOf(views: readonly View[], methods: readonly Method[]): Route[] {
  const byUri = Map.groupBy(methods, ({ uri }) => uri);
  const stray = methods.find(({ uri }) => !views.some((view) => view.uri === uri));
  if (stray) throw new Error(`${stray.method} ${stray.uri}: there is no view of this URI`);
  return views.flatMap((view) => {
    const own = byUri.get(view.uri) ?? [];
    return own.length === 0 ? [] : [...own.map((method) => methodRoute(view, method)), optionsRoute(view, own)];
  });
}

function addressOf({ uri, subject, isPublic }: View): Pick<Route, 'uri' | 'subject' | 'parameters' | 'access'> {
  const names = Array.from(uri.matchAll(/\{(\w+)\}/g), ([, name]) => name!);
  const parameters = Object.fromEntries(names.map((name) => [name, PARAMETERS[name]!]));
  return { uri, subject, ...(names.length > 0 && { parameters }), ...(!isPublic && { access: 'user' }) };
}

function methodRoute(view: View, { handle, query = [], answers, content, ...method }: Method): Route {
  return {
    ...addressOf(view),
    ...method,
    query: [...query, FORMAT],
    answers: { ...answers, 401: 'Credentials are needed, or wrong' },
    ...(WITH_BODY.has(method.method) && { body: { ...BODY, content: { mediaTypes: PARSES, ...content } } }),
    handle: (request, run) => handle(new Exchange(request, run)),
  };
}

function optionsRoute(view: View, methods: readonly Method[]): Route {
  const action = (['POST', 'PUT'] as const).find((name) => methods.some(({ method }) => method === name));
  return {
    ...addressOf(view),
    method: 'OPTIONS',
    summary: 'What there is to filter, to order by and to write',
    operations: view.operations ?? [],
    query: [FORMAT],
    answers: { 200: 'The description', 401: 'Credentials are needed, or wrong' },
    handle: (request, run) => describeView(view, action, new Exchange(request, run)),
  };
}

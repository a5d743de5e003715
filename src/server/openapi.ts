import type { Credentials } from './dialect-description.js';
import type { Dialect, Route } from './dialect.js';
import { patternOf, type ParameterType } from './dialect-router.js';
import { type DocumentedExchange, documentedExchanges, type Place, placed } from './documented-exchange.js';
import type { JsonSchema, OpenApiDocument, Operation, Parameter } from './openapi-document.js';
import { answersOf, bodySchemaOf, requestBodyOf } from './openapi-bodies.js';

/** JSON Schema of a path parameter. */
function schemaOf(type: ParameterType): JsonSchema {
  if (type === 'digits' || type instanceof RegExp) return { type: 'string', pattern: patternOf(type) };
  return type === 'segment' || type === 'rest' ? { type: 'string', minLength: 1 } : { type: 'string', enum: type };
}

function querySchemaOf({ values, repeatable }: NonNullable<Route['query']>[number]): JsonSchema {
  const one = values === 'integer' ? { type: 'integer' } : { type: 'string', ...(values && { enum: values }) };
  return repeatable ? { type: 'array', items: one } : one;
}

/** The values that exchanges give to a parameter, by name of the exchange. */
function exampleValues(
  exchanges: readonly DocumentedExchange[],
  valueOf: (exchange: DocumentedExchange) => unknown,
): Pick<Parameter, 'examples'> {
  const given = exchanges.filter((exchange) => valueOf(exchange) !== undefined);
  if (given.length === 0) return {};
  return { examples: Object.fromEntries(given.map((exchange) => [exchange.name, { value: valueOf(exchange) }])) };
}

function parametersOf(
  { parameters = {}, query = [] }: Route,
  { description }: Dialect,
  exchanges: readonly DocumentedExchange[],
): Parameter[] {
  return [
    ...Object.entries(parameters)
      .filter(([name]) => !description.spellings?.includes(name))
      .map(([name, type]) => ({
        name,
        in: 'path' as const,
        required: true as const,
        description: description.parameters[name] ?? name,
        schema: schemaOf(type),
        ...exampleValues(exchanges, ({ path }) => path?.[name]),
      })),
    ...query.map((parameter) => ({
      name: parameter.name,
      in: 'query' as const,
      description: parameter.description,
      schema: querySchemaOf(parameter),
      ...exampleValues(exchanges, ({ query: values }) => values?.[parameter.name]),
    })),
  ];
}

/** The security requirements of a route; undefined where credentials are not looked at. */
function securityOf(
  { access, ignoresCredentials }: Route,
  { authentication, description }: Dialect,
): Operation['security'] {
  const ways = Object.keys(description.credentials).map((name) => ({ [name]: [] as const }));
  if (access !== undefined) return ways;
  const looksAtAll = authentication === 'lenient' || authentication === 'perUri';
  return looksAtAll && !ignoresCredentials ? [{}, ...ways] : undefined;
}

/** A name for generated clients: `GET /api/{version}/events/{id}` is `getApiVersionEventsById`. */
function operationIdOf({ method, uri, parameters = {} }: Route, { description: { spellings } }: Dialect): string {
  const segments = uri.split('/').filter((segment) => segment !== '');
  const words = segments.map((segment) => {
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) return capitalised(segment);
    const type = parameters[name];
    if (!Array.isArray(type)) return `By${capitalised(name)}`;
    // One of a few words is part of the address, not a value.
    return capitalised(spellings?.includes(name) ? String(type[0]) : name);
  });
  return method.toLowerCase() + (words.join('') || 'Root');
}

/** The template as documents write it. */
export function documentedUri({ uri, parameters = {} }: Route, { description: { spellings = [] } }: Dialect): string {
  return spellings.reduce((template, name) => {
    const type = parameters[name];
    return Array.isArray(type) ? template.replace(`{${name}}`, String(type[0])) : template;
  }, uri);
}

/** Other spellings of words of the path, in a sentence. */
function spellingsOf({ parameters = {} }: Route, { description: { spellings = [] } }: Dialect): string | undefined {
  const sentences = spellings.flatMap((name) => {
    const type = parameters[name];
    if (!Array.isArray(type) || type.length < 2) return [];
    const [first, ...others] = type.map((word: string) => `\`${word}\``);
    return [`${first} may be spelled ${others.join(' or ')}.`];
  });
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

function capitalised(text: string): string {
  return text
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function schemaNameOf(route: Route, dialect: Dialect): string {
  return `${capitalised(operationIdOf(route, dialect))}Body`;
}

function componentsOf(dialect: Dialect): OpenApiDocument['components'] {
  const schemas = dialect.routes.flatMap((route) => {
    const schema = bodySchemaOf(route);
    return schema ? [[schemaNameOf(route, dialect), schema] as const] : [];
  });
  const ways = Object.entries(dialect.description.credentials);
  return {
    securitySchemes: Object.fromEntries(ways.map(([name, credentials]) => [name, schemeOf(credentials)])),
    ...(schemas.length > 0 && { schemas: Object.fromEntries(schemas) }),
  };
}

function operationOf(route: Route, dialect: Dialect, exchanges: readonly DocumentedExchange[]): Operation {
  const { summary, subject, operations, access, body } = route;
  const security = securityOf(route, dialect);
  const parameters = parametersOf(route, dialect, exchanges);
  const description = spellingsOf(route, dialect);
  const schema = bodySchemaOf(route) && `#/components/schemas/${schemaNameOf(route, dialect)}`;
  return {
    operationId: operationIdOf(route, dialect),
    summary,
    ...(description && { description }),
    tags: [subject],
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: requestBodyOf(body, schema, exchanges) }),
    responses: answersOf(route, dialect.description.mediaTypes, exchanges),
    ...(security && { security }),
    ...(access && access !== 'user' && { 'x-roles': access }),
    'x-graphql-operations': operations,
  };
}

function schemeOf({ kind, text }: Credentials): object {
  if (kind === 'header') return { type: 'apiKey', in: 'header', name: 'Authorization', description: text };
  return { type: 'http', scheme: kind, description: text };
}

/** Where `npm start` serves a dialect. */
function localPlace({ prefix }: Dialect): Place {
  return { origin: 'http://localhost:4000', mount: prefix };
}

/**
 * Describes a dialect as OpenAPI 3.1: every URI with its parameters, bodies, answers, roles, documented exchanges and the
 * stored operations behind it, in the order of the route table. The same table always gives the same document.
 * @param place where the reader reaches the dialect, which the addresses in the document lead to
 * @throws Error naming the exchange, when one is of no route
 */
export function openApi(dialect: Dialect, place: Place = localPlace(dialect)): OpenApiDocument {
  const { title, routes, description } = dialect;
  const exchangesOf = Map.groupBy(placed(documentedExchanges(description.exchanges), place), ({ route }) => route);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const uri = documentedUri(route, dialect);
    const key = `${route.method} ${uri}`;
    const path = (paths[uri] ??= {});
    path[route.method.toLowerCase()] = operationOf(route, dialect, exchangesOf.get(key) ?? []);
    exchangesOf.delete(key);
  }
  const [stray] = exchangesOf.keys();
  if (stray !== undefined) throw new Error(`${title}: an exchange is documented for ${stray}, which is no route`);
  return {
    openapi: '3.1.0',
    info: { title, version: '1', description: description.text },
    servers: [{ url: place.origin + place.mount }],
    tags: [...new Set(routes.map(({ subject }) => subject))].map((name) => ({ name })),
    paths,
    components: componentsOf(dialect),
  };
}

import type { Dialect, Route } from './dialect.js';
import type { ParameterType } from './dialect-router.js';

/** JSON Schema of a path parameter. */
function schemaOf(type: ParameterType): object {
  if (type === 'digits') return { type: 'string', pattern: '^[0-9]+$' };
  return type === 'segment' ? { type: 'string', minLength: 1 } : { type: 'string', enum: type };
}

function parametersOf({ parameters = {}, query = [] }: Route): object[] {
  return [
    ...Object.entries(parameters).map(([name, type]) => ({ name, in: 'path', required: true, schema: schemaOf(type) })),
    ...query.map(({ name, description, repeatable }) => ({
      name,
      in: 'query',
      description,
      ...(repeatable
        ? { schema: { type: 'array', items: { type: 'string' } }, explode: true }
        : { schema: { type: 'string' } }),
    })),
  ];
}

function contentOf(kind: NonNullable<Route['body']>['kind']): object {
  const types = {
    json: ['application/json'],
    form: ['application/x-www-form-urlencoded', 'multipart/form-data'],
    bytes: ['*/*'],
  };
  return Object.fromEntries(types[kind].map((type) => [type, {}]));
}

function operationOf(route: Route): object {
  const { summary, operations, access, body, answers } = route;
  const parameters = parametersOf(route);
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { content: contentOf(body.kind) } }),
    responses: Object.fromEntries(Object.entries(answers).map(([status, description]) => [status, { description }])),
    ...(access && { security: [{ credentials: [] }], ...(access !== 'user' && { 'x-roles': access }) }),
    'x-graphql-operations': operations,
  };
}

/**
 * Describes a dialect as OpenAPI 3.1: every URI with its parameters, answers, roles and the stored operations behind
 * it, in the order of the route table. The same table always gives the same document.
 */
export function openApi(dialect: Dialect): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of dialect.routes) {
    const path = (paths[route.uri] ??= {});
    path[route.method.toLowerCase()] = operationOf(route);
  }
  const secured = dialect.routes.some(({ access }) => access !== undefined);
  return {
    openapi: '3.1.0',
    info: { title: dialect.title, version: '1' },
    servers: [{ url: dialect.prefix }],
    paths,
    ...(secured && {
      components: { securitySchemes: { credentials: { type: 'apiKey', in: 'header', name: 'Authorization' } } },
    }),
  };
}

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import type { Answer, Example, OpenApiDocument, Operation } from '../../src/server/openapi-document.js';
import { SYSTEMS } from '../../src/systems/index.js';
import { HttpClient, type Reply } from '../support/http.js';
import { startTestServer, type TestServer } from '../support/server.js';

/** An example of an operation of a document: all that is known of one exchange is under one name. */
interface Exchange {
  readonly name: string;
  readonly method: string;
  readonly template: string;
  readonly operation: Operation;
  readonly status: string;
}

/** Names of the examples of an answer. */
function namesOf({ content = {}, 'x-examples': empty = {} }: Answer): string[] {
  return [...Object.values(content).flatMap(({ examples = {} }) => Object.keys(examples)), ...Object.keys(empty)];
}

function exchangesOf({ paths }: OpenApiDocument): Exchange[] {
  return Object.entries(paths).flatMap(([template, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      Object.entries(operation.responses).flatMap(([status, answer]) =>
        namesOf(answer).map((name) => ({ name, method: method.toUpperCase(), template, operation, status })),
      ),
    ),
  );
}

/** The address of a request, made of the examples of its parameters. */
function addressOf({ name, template, operation: { parameters = [] } }: Exchange): string {
  let path = template;
  const query = new URLSearchParams();
  for (const { name: parameter, in: where, examples } of parameters) {
    const value = examples?.[name]?.value as string | readonly string[] | undefined;
    if (value === undefined) continue;
    if (where === 'path') path = path.replace(`{${parameter}}`, encodeURIComponent(value as string));
    else for (const one of [value].flat()) query.append(parameter, one);
  }
  return query.size === 0 ? path : `${path}?${query}`;
}

/** The body of a request, of the media type for which there is an example. */
function bodyOf({ name, operation: { requestBody } }: Exchange): { type: string; text: string } | undefined {
  const [type, { examples }] = Object.entries(requestBody?.content ?? {}).find(
    ([, content]) => content.examples?.[name],
  ) ?? ['', {}];
  const value = examples?.[name]?.value;
  if (value === undefined) return undefined;
  const isForm = type === 'application/x-www-form-urlencoded';
  if (isForm) return { type, text: new URLSearchParams(value as Record<string, string>).toString() };
  return { type, text: typeof value === 'string' ? value : JSON.stringify(value) };
}

/** What is said of an answer, and its body if it has one. */
function expectedOf({ name, operation, status }: Exchange): { type: string | undefined; example: Partial<Example> } {
  const { content = {}, 'x-examples': empty = {} } = operation.responses[status]!;
  const [type, shown] = Object.entries(content).find(([, { examples }]) => examples?.[name]) ?? [];
  return { type, example: shown?.examples?.[name] ?? empty[name]! };
}

/** The header of a caller, in the words of the only scheme that takes tokens of the gateway. */
function authorizationOf({ components }: OpenApiDocument, token: string): string {
  const schemes = Object.values(components.securitySchemes) as { type: string; scheme?: string }[];
  return schemes.some(({ scheme }) => scheme === 'bearer') ? `Bearer ${token}` : token;
}

/** Headers of an answer that the document shows. */
function headersOf({ name, operation, status }: Exchange): Record<string, string> {
  return Object.fromEntries(
    Object.entries(operation.responses[status]!.headers ?? {}).flatMap(([header, { examples }]) => {
      const shown = examples[name];
      return shown ? [[header, shown.value as string] as const] : [];
    }),
  );
}

/** The text with the ids that are made by chance as the example has them; the example says where they are. */
function settled(text: string, expected: string, byChance: readonly string[] = []): string {
  return byChance.reduce((settling, chance) => {
    const index = expected.indexOf(chance);
    const made = settling.slice(index, index + chance.length);
    return index >= 0 && /^[0-9a-f-]+$/.test(made) ? settling.replaceAll(made, chance) : settling;
  }, text);
}

describe.each(SYSTEMS)('Documented exchanges of $title', ({ name: system }) => {
  const samples = JSON.parse(readFileSync(new URL(`../../examples/${system}.json`, import.meta.url), 'utf8')) as object;
  let reading: TestServer | undefined;
  afterEach(() => void vi.useRealTimers());
  afterAll(() => reading?.close());

  async function send(server: TestServer, document: OpenApiDocument, exchange: Exchange): Promise<Reply> {
    const { 'x-caller': caller, 'x-sent-at': sentAt } = expectedOf(exchange).example;
    if (sentAt) vi.useFakeTimers({ toFake: ['Date'], now: new Date(sentAt) });
    const { user, ...rights } = (caller ?? {}) as { user?: string };
    const authorization = user && authorizationOf(document, await server.token(user, rights));
    const body = bodyOf(exchange);
    const headers = {
      ...(authorization && { Authorization: authorization }),
      ...(body && { 'Content-Type': body.type }),
    };
    const path = new URL(document.servers[0]!.url).pathname + addressOf(exchange);
    return new HttpClient(server.url).send(exchange.method, path, { headers, ...(body && { body: body.text }) });
  }

  async function check(server: TestServer, exchange: Exchange): Promise<void> {
    const { json: document } = await new HttpClient(server.url).get(`/openapi/${system}.json`);
    // The document of this server has its addresses.
    const own = exchangesOf(document as OpenApiDocument).find(
      ({ name, operation }) => name === exchange.name && operation.operationId === exchange.operation.operationId,
    )!;
    const reply = await send(server, document as OpenApiDocument, own);
    const { type, example } = expectedOf(own);
    const { 'x-by-chance': byChance, value = '' } = example;
    const headers = headersOf(own);
    const sent = Object.entries(headers).map(([header, expected]) => [
      header,
      settled(reply.headers[header]?.toString() ?? '', expected, byChance),
    ]);
    const isJson = type === 'application/json';
    const body = isJson
      ? (JSON.parse(settled(JSON.stringify(reply.json), JSON.stringify(value), byChance)) as unknown)
      : reply.text;
    expect({
      status: String(reply.status),
      type: reply.headers['content-type']?.split(';')[0],
      headers: Object.fromEntries(sent),
      body,
    }).toEqual({ status: own.status, type, headers, body: value });
  }

  const committed = JSON.parse(
    readFileSync(new URL(`../../schema/openapi/${system}.json`, import.meta.url), 'utf8'),
  ) as OpenApiDocument;
  const exchanges = exchangesOf(committed);
  const isRead = ({ method }: Exchange): boolean => method === 'GET' || method === 'OPTIONS';
  const titled = (all: readonly Exchange[]) =>
    all.map((exchange) => [`${exchange.method} ${exchange.template}: ${exchange.name}`, exchange] as const);

  it('are reads and writes, some of which are refused', () => {
    expect(exchanges.filter(isRead).length).toBeGreaterThanOrEqual(10);
    expect(exchanges.filter((one) => !isRead(one)).length).toBeGreaterThanOrEqual(5);
    expect(exchanges.filter(({ status }) => status.startsWith('4')).length).toBeGreaterThanOrEqual(3);
  });

  it.each(titled(exchanges.filter(isRead)))('%s', async (_title, exchange) => {
    reading ??= await startTestServer({ import: { [system]: samples } });
    await check(reading, exchange);
  });

  it.each(titled(exchanges.filter((one) => !isRead(one))))('%s', async (_title, exchange) => {
    const server = await startTestServer({ import: { [system]: samples } });
    try {
      await check(server, exchange);
    } finally {
      vi.useRealTimers();
      await server.close();
    }
  });
});

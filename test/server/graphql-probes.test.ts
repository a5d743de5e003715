import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startWithAgent } from '../graphql/agent.js';
import type { As } from '../graphql/probe.js';
import { FIRST_EVENT } from '../graphql/probes-of-arguments.js';
import { HARMLESS, PROBES } from '../graphql/probes.js';
import { overHttp, overWebSocket, type Ask } from '../graphql/transports.js';

let url: string;
let close: () => Promise<void>;
const tokens: Partial<Record<As, string>> = {};

beforeAll(async () => {
  const { server, agent } = await startWithAgent();
  url = server.url;
  close = () => server.close();
  tokens.agent = agent.token!;
  tokens.plain = await server.token('plain');
  tokens.admin = await server.token('boss', { admin: true });
  const { id } = await agent.event();
  if (id !== FIRST_EVENT) throw new Error(`The first event is ${id}.`);
});
afterAll(() => close());

const TRANSPORTS: [string, Ask][] = [
  ['HTTP', overHttp],
  ['WebSocket', overWebSocket],
];

/** What belongs in a log and never in an answer. */
const INTERNAL = /node_modules|\.[jt]s:\d+|stacktrace|select |insert |sqlite|postgres/i;

function exactly(text: string): RegExp {
  return new RegExp(`^${text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}$`);
}

describe.each(TRANSPORTS)('over %s', (_name, ask) => {
  it.each(PROBES)('refuses $title with $code', async ({ as, code, message, query, variables, operationName }) => {
    const { data, errors } = await ask(
      url,
      { query, ...(variables && { variables }), ...(operationName && { operationName }) },
      as && tokens[as],
    );
    expect(data ?? null).toBeNull();
    const [error] = errors ?? [];
    expect(error?.message).toMatch(message instanceof RegExp ? message : exactly(message));
    expect(error?.extensions?.code).toBe(code);
    const shown = JSON.stringify(errors).replace(JSON.stringify(query), '');
    expect(shown.replaceAll('select *', '')).not.toMatch(INTERNAL);
  });

  it.each(HARMLESS)('finds nothing for $title', async ({ query, variables }) => {
    const { data, errors } = await ask(url, { query, ...(variables && { variables }) });
    expect(errors).toBeUndefined();
    const [found] = Object.values<any>(data);
    expect(found?.nodes ?? found?.totalCount ?? 0).toEqual(found?.nodes ? [] : 0);
  });
});

import { expect } from 'vitest';
import { HttpClient, type Reply } from '../../support/http.js';
import { startTestServer } from '../../support/server.js';
import { FRESHMAKER_IMPORT } from './fixture.js';

/** A time that the server made. */
export const NOW: unknown = expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

const HOST = 'freshmaker.localhost';
const PREFIX = 'VirtualTopic.eng.freshmaker.';

/** A body with the error object of the dialect. */
export function refusal(status: number, error: string, message: unknown): object {
  return { status, error, message };
}

export function badRequest(message: unknown): object {
  return refusal(400, 'Bad Request', message);
}

/** A server with the fixture, as clients of the virtual host see it. */
export class WritableServer {
  readonly http: HttpClient;

  private constructor(private readonly server: Awaited<ReturnType<typeof startTestServer>>) {
    this.http = new HttpClient(server.url);
  }

  /** @param env settings besides the usual */
  static async start(env: Record<string, string> = {}): Promise<WritableServer> {
    return new WritableServer(await startTestServer({ import: { freshmaker: FRESHMAKER_IMPORT }, env }));
  }

  /** Tokens of the users of the fixture: see its permissions; `plain` holds no role. */
  async tokens(): Promise<Record<'jdoe' | 'mia' | 'boss' | 'anna' | 'plain', string>> {
    const [jdoe, mia, boss, anna, plain] = await Promise.all(
      (['jdoe', 'mia', 'boss', 'anna', 'plain'] as const).map((user) => this.server.token(user)),
    );
    return { jdoe: jdoe!, mia: mia!, boss: boss!, anna: anna!, plain: plain! };
  }

  token(user: string, options: { admin?: boolean; groups?: string[] }): Promise<string> {
    return this.server.token(user, options);
  }

  patch(id: number | string, body: string | object, token?: string, version = 1): Promise<Reply> {
    return this.http.patch(`/api/${version}/events/${id}`, { host: HOST, token, body });
  }

  /** @param path `builds` or `async-builds` */
  post(path: string, body: string | object, token?: string, version = 1): Promise<Reply> {
    return this.http.post(`/api/${version}/${path}/`, { host: HOST, token, body });
  }

  async json(path: string): Promise<any> {
    return (await this.http.get(path, { host: HOST })).json;
  }

  /** What an action put on the bus: topics without prefix, payloads parsed, in order. */
  async messagesOf(action: () => Promise<unknown>): Promise<{ topic: string; payload: any }[]> {
    await this.settled();
    const before = this.server.messages.length;
    await action();
    await this.settled();
    return this.server.messages.slice(before).map(({ topic, body }: { topic: string; body: string }) => {
      if (!topic.startsWith(PREFIX)) throw new Error(`The topic ${topic} lacks the prefix.`);
      return { topic: topic.slice(PREFIX.length), payload: JSON.parse(body) };
    });
  }

  /** Resolves when everything stored has been published. */
  settled(): Promise<void> {
    return this.server.settled();
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

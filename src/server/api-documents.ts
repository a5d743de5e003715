import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { BoundedCache } from '../core/bounded-cache.js';
import { clientAddress, splitUrl } from './absolute-url.js';
import { acceptsGzip, compressed } from './content-coding.js';
import { sendResponse, type WholeResponse } from './dialect-response.js';
import type { Dialect } from './dialect.js';
import type { Place } from './documented-exchange.js';
import { notModified, withEntityTag } from './entity-tag.js';
import { INDEX_PAGE_SECURITY_POLICY } from './index-page.js';
import { pageSecurity } from './security-policy.js';
import { openApi } from './openapi.js';
import { referencePage } from './reference-page.js';

/** Made texts are up to half a megabyte each; there is one for each address by which a dialect is reached. */
const KEPT_TEXTS = 24;

/** Open to everybody and asked for again each time, with a tag by which that costs nothing. */
const COMMON_HEADERS = {
  'Cache-Control': 'no-cache',
  Vary: 'Accept-Encoding',
  'X-Content-Type-Options': 'nosniff',
};

/** Editors and generators on other origins may read documents: there is no secret in them. */
const DOCUMENT_HEADERS = {
  ...COMMON_HEADERS,
  'Content-Type': 'application/json',
  'Access-Control-Allow-Origin': '*',
};

const PAGE_HEADERS = {
  ...COMMON_HEADERS,
  'Content-Type': 'text/html; charset=utf-8',
  ...pageSecurity(INDEX_PAGE_SECURITY_POLICY),
};

/** Makes and sends what describes dialects: OpenAPI documents and pages to read. */
export class ApiDocuments {
  readonly #texts = new BoundedCache<string, string>(KEPT_TEXTS);

  /** Sends the OpenAPI document of a dialect, with the addresses of this place. */
  async sendDocument(dialect: Dialect, place: Place, request: Request, response: Response): Promise<void> {
    const body = this.#text('document', dialect, place, () => JSON.stringify(openApi(dialect, place)));
    await send({ status: 200, headers: DOCUMENT_HEADERS, body }, request, response);
  }

  /** Sends the page that shows the same to people. */
  async sendPage(dialect: Dialect, place: Place, request: Request, response: Response): Promise<void> {
    const body = this.#text('page', dialect, place, () => referencePage(dialect, place));
    await send({ status: 200, headers: PAGE_HEADERS, body }, request, response);
  }

  #text(kind: string, { system }: Dialect, { origin, mount }: Place, make: () => string): string {
    const key = `${kind} ${system} ${origin}${mount}`;
    const kept = this.#texts.get(key);
    if (kept !== undefined) return kept;
    const text = make();
    this.#texts.set(key, text);
    return text;
  }
}

async function send(answer: WholeResponse, request: Request, response: Response): Promise<void> {
  const coded = acceptsGzip(request.headers['accept-encoding']) ? await compressed(answer) : answer;
  const tagged = withEntityTag(coded);
  await sendResponse(notModified(request.headers, tagged) ?? tagged, response);
}

/** What documents on the main host need of the server around them. */
export interface ApiDocumentsOptions {
  readonly dialects: readonly Dialect[];
  /** Address of the gateway as clients see it, in place of what a request says; null where there is none. */
  readonly publicUrl: string | null;
  /** Whether a peer is a proxy whose `X-Forwarded-*` headers count. */
  readonly trusts: (address: string | undefined) => boolean;
  readonly documents: ApiDocuments;
}

/**
 * Serves `/openapi/<system>.json` and `/reference/<system>` on the main host: for every dialect, whatever URIs it has. Their
 * addresses lead to the path prefixes.
 */
export function apiDocumentsRouter({ dialects, publicUrl, trusts, documents }: ApiDocumentsOptions): Router {
  const router = express.Router({ strict: true });
  const handler =
    (send: (dialect: Dialect, place: Place, request: Request, response: Response) => Promise<void>): RequestHandler =>
    async (request, response, next) => {
      const dialect = dialects.find(({ system }) => system === request.params['name']);
      if (dialect === undefined) return next();
      const address = clientAddress(request, trusts(request.socket.remoteAddress));
      const { origin, path } =
        publicUrl === null ? { origin: address.origin, path: address.outerPath } : splitUrl(publicUrl);
      return send(dialect, { origin, mount: path + dialect.prefix }, request, response);
    };
  router.get(
    '/openapi/:name.json',
    handler((...target) => documents.sendDocument(...target)),
  );
  router.get(
    '/reference/:name',
    handler((...target) => documents.sendPage(...target)),
  );
  return router;
}

import { fileURLToPath } from 'node:url';
import { CARRY_OUT_DOCUMENT } from '../../systems/buildapi/agent-document.js';
import { readManifest, sha256, type ManifestEntry } from './manifest.js';

/** Three folders up is the package root, from `src` as well as from `dist`. */
const DASHBOARD = fileURLToPath(new URL('../../../schema/dashboard-documents.json', import.meta.url));

/** The documents that the gateway's own clients send: the dashboard and `buildgate agent`. No list has to have them. */
export function ownDocuments(): readonly ManifestEntry[] {
  const agent = { id: sha256(CARRY_OUT_DOCUMENT), text: CARRY_OUT_DOCUMENT, where: 'buildgate agent' };
  return [...readManifest(DASHBOARD), agent];
}

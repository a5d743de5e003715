import { inList, raw, sql } from '../../../core/store/sql.js';
import type { Transaction } from '../../../core/store/transaction.js';
import { lockRows, viewableProjects } from '../parts/locking.js';
import type { Verb } from '../parts/verb.js';
import type { Checked } from '../field-rules.js';
import type { LinkKind } from '../link-kind.js';
import { findReferenced, LINK_FAULTS, parseElement, type Mount } from '../references.js';
import type { KnownItem, KnownReferences, SentAssignment } from './assignments.js';

/** What the references of assignments are: found with a fixed number of statements, and held until the verb ends. */

type Parsed = Checked<{ readonly kind: LinkKind; readonly uuid: string }>;

/** Reads everything that assignments refer to. */
export async function readReferences(
  { transaction, viewer, mount }: Verb,
  sent: readonly SentAssignment[],
): Promise<KnownReferences> {
  const keys = new Map(sent.map(({ key }) => [key, parseElement(key, 'inputport', mount)]));
  const elements = sent.flatMap(({ value }) => (Array.isArray(value) ? (value as readonly unknown[]) : []));
  const uuids = [...new Set(elements.flatMap((element) => uuidOf(parseItem(element, mount))))];
  const ports = await findReferenced(transaction, 'inputport', [...keys.values()].flatMap(uuidOf));
  const resources = await readResources(transaction, uuids);
  const lists = await readLists(transaction, uuids);
  const projects = [...ports.values(), ...resources.values(), ...lists.values()].flatMap(
    ({ projectUuid }) => projectUuid ?? [],
  );
  const visible = await viewableProjects(transaction, viewer, projects);
  return {
    port: (key) => {
      const parsed = keys.get(key) as Parsed;
      if ('fault' in parsed) return parsed;
      const port = ports.get(parsed.value.uuid);
      if (!port) return { fault: LINK_FAULTS.doesNotExist };
      return visible.has(port.projectUuid ?? '') ? { value: port.uuid } : { fault: LINK_FAULTS.noPermission };
    },
    item: (element) => itemOf(parseItem(element, mount), mount, { resources, lists, visible }),
  };
}

function uuidOf(parsed: Parsed): string[] {
  return 'fault' in parsed ? [] : [parsed.value.uuid];
}

function parseItem(element: unknown, mount: Mount): Parsed {
  return parseElement(element, ['resource', 'resourcelist'], mount);
}

/** What was found, by UUID. */
interface Found {
  readonly resources: ReadonlyMap<string, KnownItem>;
  readonly lists: ReadonlyMap<string, KnownItem>;
  readonly visible: ReadonlySet<string>;
}

/** What is no resource gets the fault that it has as a resource list: an unknown resource is a wrong kind of link. */
function itemOf(parsed: Parsed, mount: Mount, { resources, lists, visible }: Found): Checked<KnownItem> {
  if ('fault' in parsed) return parsed;
  const { kind, uuid } = parsed.value;
  const isBare = mount === null && kind === 'resource';
  const resource = kind === 'resource' ? resources.get(uuid) : undefined;
  if (resource && visible.has(resource.projectUuid)) return { value: resource };
  const list = kind === 'resourcelist' || isBare ? lists.get(uuid) : undefined;
  if (list) return visible.has(list.projectUuid) ? { value: list } : { fault: LINK_FAULTS.noPermission };
  return { fault: kind === 'resource' ? LINK_FAULTS.incorrectMatch : LINK_FAULTS.doesNotExist };
}

async function readResources(transaction: Transaction, uuids: readonly string[]): Promise<Map<string, KnownItem>> {
  if (uuids.length === 0) return new Map();
  const rows = await transaction.all<KnownItem>(
    sql`SELECT uuid, name, resource_type_uuid AS "typeUuid", project_uuid AS "projectUuid",
        CASE WHEN compat_file IS NULL THEN 0 ELSE 1 END AS ready
      FROM rodan_resource WHERE ${inList(transaction.dialect, raw('uuid'), uuids, 'text')}
      ORDER BY uuid ${lockRows(transaction, 'KEY SHARE')}`,
  );
  return new Map(rows.map((row) => [row.uuid, { ...row, kind: 'resource', ready: Boolean(row.ready), unready: null }]));
}

async function readLists(transaction: Transaction, uuids: readonly string[]): Promise<Map<string, KnownItem>> {
  if (uuids.length === 0) return new Map();
  const among = inList(transaction.dialect, raw('uuid'), uuids, 'text');
  const rows = await transaction.all<KnownItem>(
    sql`SELECT uuid, name, resource_type_uuid AS "typeUuid", project_uuid AS "projectUuid",
        (SELECT MIN(member.position) FROM rodan_resource_list_item member
          JOIN rodan_resource resource ON resource.uuid = member.resource_uuid
          WHERE member.list_uuid = rodan_resource_list.uuid AND resource.compat_file IS NULL) AS unready
      FROM rodan_resource_list WHERE ${among} ORDER BY uuid ${lockRows(transaction, 'KEY SHARE')}`,
  );
  return new Map(rows.map((row) => [row.uuid, { ...row, kind: 'resourcelist', ready: true }]));
}

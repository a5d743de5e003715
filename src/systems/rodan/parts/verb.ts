import type { Principal } from '../../../core/auth/principal.js';
import { BuildgateError, isRefusal } from '../../../core/errors.js';
import type { OperationContext } from '../../../core/graphql/context.js';
import type { Store } from '../../../core/store/store.js';
import type { Transaction } from '../../../core/store/transaction.js';
import {
  checkText,
  FieldFaults,
  NOT_NULL,
  REQUIRED,
  type Checked,
  type FieldErrors,
  type TextRule,
} from '../field-rules.js';
import type { LinkKind } from '../link-kind.js';
import {
  findReferenced,
  LINK_FAULTS,
  parseElement,
  parseReference,
  type Mount,
  type Referenced,
} from '../references.js';
import { requireViewer } from '../rights.js';
import type { RodanViewer } from '../viewer.js';
import type { RodanCheck } from '../check.js';
import { viewableProjects } from './locking.js';

/** Who asks for a verb, and by which way. */
export interface VerbCaller {
  readonly principal: Principal;
  readonly mount: Mount;
}

/** Who performs an operation, for verbs. */
export function callerOf({ principal, mountPrefix }: OperationContext): VerbCaller {
  return { principal, mount: mountPrefix };
}

/**
 * Runs a verb in one transaction. What a link led to may be deleted before the verb has locked it, and is not found then:
 * the verb starts anew, once, and finds that the link leads nowhere, which is a fault of the field and no 404.
 * @param check how far it goes, when it is only to check its input
 * @throws BuildgateError UNAUTHENTICATED without credentials, and what the verb throws
 */
export async function runVerb<Result>(
  store: Store,
  { principal, mount }: VerbCaller,
  check: RodanCheck | null | undefined,
  verb: (verb: Verb) => Promise<Result>,
): Promise<Result> {
  let followsLinks = false;
  const attempt = (): Promise<Result> =>
    store.transact(principal, async (transaction) => {
      const viewer = await requireViewer(transaction, principal);
      const current = new Verb(transaction, viewer, mount, check ?? null);
      try {
        return await verb(current);
      } finally {
        followsLinks = current.followsLinks;
      }
    });
  try {
    return await attempt();
  } catch (error) {
    if (!followsLinks || !isNotFound(error)) throw error;
    return attempt();
  }
}

function isNotFound(error: unknown): boolean {
  return isRefusal(error, 'NOT_FOUND');
}

/** One verb while it looks at its input: members that are undefined were not sent, null was sent. */
export class Verb {
  readonly faults = new FieldFaults();
  #followsLinks = false;

  constructor(
    readonly transaction: Transaction,
    readonly viewer: RodanViewer,
    readonly mount: Mount,
    readonly check: RodanCheck | null,
  ) {}

  /** Whether a link of the input led to something. */
  get followsLinks(): boolean {
    return this.#followsLinks;
  }

  /**
   * Ends a stage of checks: whether the caller wants no more than that.
   * @throws BuildgateError INVALID with all faults found so far
   */
  ends(stage: RodanCheck): boolean {
    this.faults.refuse();
    return this.check === stage;
  }

  /** A text as it is to be stored; undefined when it was not sent or is at fault. */
  text(field: string, value: string | null | undefined, rule: TextRule): string | null | undefined {
    return value === undefined ? undefined : this.faults.take(field, checkText(value, rule));
  }

  /** Notes that a field cannot be missing. */
  required(field: string, value: unknown): void {
    if (value === undefined) this.faults.add(field, REQUIRED);
  }

  /** A text that cannot be missing; the empty text when it is at fault. */
  requiredText(field: string, value: string | null | undefined, rule: TextRule): string {
    this.required(field, value);
    return this.text(field, value, rule) ?? '';
  }

  /** Notes that a field cannot be null. */
  notNull(field: string, value: unknown): void {
    if (value === null) this.faults.add(field, NOT_NULL);
  }

  /** Notes that each field that was sent cannot be changed. */
  freeze(sent: Readonly<Record<string, unknown>>, fault: string): void {
    for (const [field, value] of Object.entries(sent)) if (value !== undefined) this.faults.add(field, fault);
  }

  /** What a link points to; undefined when it was not sent or is at fault. */
  async link(field: string, value: unknown, kind: LinkKind): Promise<Referenced | undefined> {
    if (value === undefined) return undefined;
    const parsed = this.faults.take(field, parseReference(value, kind, this.mount));
    if (!parsed) return undefined;
    const [found] = await this.#resolve(kind, [parsed.uuid]);
    return found && this.faults.take(field, found);
  }

  /** What a link points to that cannot be missing. */
  async requiredLink(field: string, value: unknown, kind: LinkKind): Promise<Referenced | undefined> {
    this.required(field, value);
    return this.link(field, value, kind);
  }

  /** What the links of a list point to; faults stand at their index. Undefined when it was not sent or is at fault. */
  async links(
    field: string,
    values: readonly unknown[] | null | undefined,
    kind: LinkKind,
  ): Promise<readonly Referenced[] | undefined> {
    this.notNull(field, values);
    if (!values) return undefined;
    const parsed = values.map((value) => parseElement(value, kind, this.mount));
    const uuids = parsed.flatMap((one) => ('value' in one ? [one.value.uuid] : []));
    const found = (await this.#resolve(kind, uuids)).values();
    const resolved = parsed.map((one) => ('value' in one ? found.next().value! : one));
    const errors = faultsByIndex(resolved);
    if (errors) this.faults.add(field, errors);
    return errors ? undefined : resolved.flatMap((one) => ('value' in one ? [one.value] : []));
  }

  /** What is there and may be seen, in the order of the UUIDs; two statements. */
  async #resolve(kind: LinkKind, uuids: readonly string[]): Promise<Checked<Referenced>[]> {
    const found = await findReferenced(this.transaction, kind, uuids);
    if (found.size > 0) this.#followsLinks = true;
    const projects = [...found.values()].flatMap(({ projectUuid }) => projectUuid ?? []);
    const viewable = await viewableProjects(this.transaction, this.viewer, projects);
    return uuids.map((uuid) => {
      const one = found.get(uuid);
      if (!one) return { fault: LINK_FAULTS.doesNotExist };
      const mayView = one.projectUuid === null || viewable.has(one.projectUuid);
      return mayView ? { value: one } : { fault: LINK_FAULTS.noPermission };
    });
  }
}

function faultsByIndex(elements: readonly Checked<unknown>[]): FieldErrors | null {
  const faults = elements.flatMap((element, index) => ('fault' in element ? [[index, [element.fault]] as const] : []));
  return faults.length === 0 ? null : Object.fromEntries(faults);
}

/** The refusal of a request as a whole, with one text of the old API: INVALID. */
export function refusal(text: string): BuildgateError {
  return new BuildgateError('INVALID', text);
}

/** Rules about branch names (contract buildapi, sections 2.5 and 5.9). */

/** The longest known branch that the last `/`-part of a source branch begins with; null when there is none. */
export function shortBranch(sourceBranch: string | null, known: Iterable<string>): string | null {
  if (sourceBranch === null) return null;
  const last = sourceBranch.slice(sourceBranch.lastIndexOf('/') + 1);
  let longest: string | null = null;
  for (const name of known) {
    if (last.startsWith(name) && name.length > (longest ?? '').length) longest = name;
  }
  return longest;
}

/** Whether a request with this source branch is on a branch. A null source branch is on none. */
export function isOnBranch(sourceBranch: string | null, branch: string): boolean {
  return sourceBranch !== null && (sourceBranch.startsWith(branch) || sourceBranch.endsWith(branch));
}

const SELF_SERVE = /^Self-serve: (?:Rebuilt|Requested) by (.+)$/s;

/** Who asked for a request: the author of its first change, else the name in its reason (section 12). */
export function requesterOf(author: string | null, reason: string | null): string | null {
  return author ?? SELF_SERVE.exec(reason ?? '')?.[1] ?? null;
}

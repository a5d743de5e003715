import { createHook } from 'node:async_hooks';

const COSTLY = new Set(['SCRYPTREQUEST', 'PBKDF2REQUEST']);

/** How many costly hashes of passwords are computed while some work is done. */
export async function hashingsOf(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (COSTLY.has(type)) count += 1;
    },
  });
  hook.enable();
  await work().finally(() => hook.disable());
  return count;
}

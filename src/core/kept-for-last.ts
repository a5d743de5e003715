/**
 * The same as `make`, which is not asked again while the key stays the same object: for what follows from arguments that
 * all parents of a field share.
 */
export function keptForLast<Key extends object, Value>(make: (key: Key) => Value): (key: Key) => Value {
  let last: { readonly key: Key; readonly value: Value } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

import type { Random } from '../bench/random.js';
import { EDGE_TEXTS } from './edge-texts.js';

/** Numbers at the edges of integers and doubles. */
export const EDGE_NUMBERS: readonly number[] = [
  0,
  -0,
  1,
  -1,
  0.5,
  -0.5,
  1.0000001,
  2,
  3,
  7,
  15,
  16,
  100,
  101,
  999,
  1000,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31),
  -(2 ** 31) - 1,
  2 ** 32,
  2 ** 49,
  2 ** 50,
  2 ** 53 - 1,
  2 ** 53,
  -(2 ** 53),
  2 ** 63,
  2 ** 64,
  1e15,
  1e16,
  1e18,
  1e21,
  1e100,
  1e308,
  -1e308,
  5e-324,
  253_402_300_800,
  1e12,
  1_421_402_188_347,
];

const EDGE_VALUES: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => false,
  () => [],
  () => ({}),
  () => [null],
  () => [[]],
  () => nested(60),
  () => nested(120),
  () => JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}') as unknown,
  () => ({ $gt: '' }),
  () => ({ toString: 'no function', valueOf: 1, length: -1, toJSON: 1 }),
  () => Array.from({ length: 300 }, (_, index) => index),
  () => Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`k${index}`, index])),
];

export function edgeText(random: Random): string {
  return random.pick(EDGE_TEXTS);
}

export function edgeValue(random: Random): unknown {
  if (random.chance(0.45)) return edgeText(random);
  return random.chance(0.5) ? random.pick(EDGE_NUMBERS) : random.pick(EDGE_VALUES)();
}

function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level += 1) value = level % 2 ? [value] : { a: value };
  return value;
}

/** A value with some of its parts changed: left out, of another type, renamed, twice, at an edge. The value itself stays. */
export function mutated(value: unknown, random: Random, changes = 1 + random.below(3)): unknown {
  let changed = value;
  for (let change = 0; change < changes; change += 1) changed = changedOnce(changed, random);
  return changed;
}

function changedOnce(value: unknown, random: Random): unknown {
  const isInner = typeof value === 'object' && value !== null && random.chance(0.85);
  if (!isInner) return replaced(value, random);
  if (Array.isArray(value)) return changedList(value, random);
  const members = Object.entries(value);
  if (members.length === 0 || random.chance(0.1)) return withMember(value, edgeText(random), edgeValue(random));
  const [name, member] = random.pick(members);
  if (random.chance(0.15)) return Object.fromEntries(members.filter(([other]) => other !== name));
  if (random.chance(0.08)) return withMember(value, `${name}${edgeText(random)}`, member);
  return withMember(value, name, changedOnce(member, random));
}

function changedList(list: readonly unknown[], random: Random): unknown {
  if (list.length === 0) return [edgeValue(random)];
  const at = random.below(list.length);
  if (random.chance(0.1)) return list.toSpliced(at, 1);
  if (random.chance(0.1)) return [...list, list[at]];
  return list.with(at, changedOnce(list[at], random));
}

function replaced(value: unknown, random: Random): unknown {
  if (random.chance(0.3)) {
    if (typeof value === 'string') return random.chance(0.5) ? value + edgeText(random) : Number(value);
    if (typeof value === 'number') return random.chance(0.5) ? -value : String(value);
    if (typeof value === 'boolean') return String(value);
    return [value];
  }
  return edgeValue(random);
}

/** The object with a member, which may be named `__proto__`. */
function withMember(object: object, name: string, value: unknown): object {
  return Object.defineProperty({ ...object }, name, { value, enumerable: true, configurable: true, writable: true });
}

/** JSON text of a value, sometimes with what no value has: numbers beyond doubles, names twice, an end too early. */
export function jsonText(value: unknown, random: Random): string {
  const text = JSON.stringify(value) ?? 'undefined';
  if (random.chance(0.85)) return text;
  const at = random.below(text.length + 1);
  switch (random.below(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.replace(/\d+/, '1e400');
    case 2:
      return text.replace('{', '{"__proto__":1,"__proto__":{"a":2},');
    case 3:
      return (
        text.slice(0, at) + random.pick(['\u0000', '\ufeff', ',', '}', '"', '\\ud800', '/*', '\u2028']) + text.slice(at)
      );
    case 4:
      return `${'['.repeat(5_000)}${text}`;
    default:
      return `\ufeff${text}`;
  }
}

/** Bytes of a text, sometimes with some that no text has. */
export function spoiledBytes(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  if (random.chance(0.93) || bytes.length === 0) return bytes;
  for (let change = random.below(4); change >= 0; change -= 1) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

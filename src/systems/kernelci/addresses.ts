import { BlockList, isIP } from 'node:net';

/** Addresses and networks that tokens may be bound to (contract kernelci, sections 6.6 and 7). */

const MAPPED = /^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i;
const NETWORK = /^(.+)\/(\d{1,3})$/;

function family(address: string): 'ipv4' | 'ipv6' | null {
  const version = isIP(address);
  return version === 0 ? null : version === 4 ? 'ipv4' : 'ipv6';
}

/** Whether text is an address, or a network such as `10.0.0.0/8`. */
export function isAddressOrNetwork(text: string): boolean {
  const [, base = text, bits] = NETWORK.exec(text) ?? [];
  const kind = family(base);
  return kind !== null && (bits === undefined || Number(bits) <= (kind === 'ipv4' ? 32 : 128));
}

/** Whether an address is one of these, or inside one of these networks. What is neither allows nothing. */
export function isWithin(address: string, allowed: readonly string[]): boolean {
  const plain = address.replace(MAPPED, '');
  const kind = family(plain);
  if (kind === null) return false;
  const list = new BlockList();
  for (const text of allowed.filter(isAddressOrNetwork)) {
    const [, base = text, bits] = NETWORK.exec(text) ?? [];
    const baseKind = family(base) ?? 'ipv4';
    if (bits === undefined) list.addAddress(base, baseKind);
    else list.addSubnet(base, Number(bits), baseKind);
  }
  return list.check(plain, kind);
}

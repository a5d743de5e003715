const EMPTY = -1;
const MAX_LOAD = 0.6;

/** Numbers by id (both not negative integers up to 2^53 - 1, values of either sign): 16 bytes a slot, so that a million cost 32 MiB. */
export class IdMap {
  #keys = new Float64Array(1024).fill(EMPTY);
  #values = new Float64Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Number of slots; `slotOf` is below it as long as nothing is added. */
  get slots(): number {
    return this.#keys.length;
  }

  get(id: number): number | undefined {
    const slot = this.#find(id);
    return this.#keys[slot] === EMPTY ? undefined : this.#values[slot];
  }

  has(id: number): boolean {
    return this.#keys[this.#find(id)] !== EMPTY;
  }

  set(id: number, value: number): void {
    const slot = this.#find(id);
    if (this.#keys[slot] === EMPTY) {
      this.#keys[slot] = id;
      this.#size += 1;
    }
    this.#values[slot] = value;
    if (this.#size > this.#keys.length * MAX_LOAD) this.#grow();
  }

  /** Where an id is kept; -1 when it is not there. */
  slotOf(id: number): number {
    const slot = this.#find(id);
    return this.#keys[slot] === EMPTY ? -1 : slot;
  }

  /** All ids, in no order. Nothing may be added meanwhile. */
  *keys(): Generator<number> {
    for (const key of this.#keys) if (key !== EMPTY) yield key;
  }

  #find(id: number): number {
    const mask = this.#keys.length - 1;
    const high = Math.floor(id / 4_294_967_296);
    let slot = ((Math.imul(id ^ Math.imul(high, 0x85ebca6b), 0x9e3779b1) >>> 4) ^ high) & mask;
    while (this.#keys[slot] !== EMPTY && this.#keys[slot] !== id) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(keys.length * 2).fill(EMPTY);
    this.#values = new Float64Array(keys.length * 2);
    keys.forEach((key, index) => {
      if (key === EMPTY) return;
      const slot = this.#find(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[index] as number;
    });
  }
}

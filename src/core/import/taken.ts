import { IdMap } from './id-map.js';
import { refuseRow, shown, type Place } from './fields.js';

/** Numbers of one kind of row: where in the file each is, and the largest. */
export class TakenNumbers {
  readonly #positions = new IdMap();
  largest = 0;

  constructor(readonly idField: string) {}

  /** @throws BuildgateError INVALID when another row has the number */
  take(number: number, place: Place): void {
    const known = this.#positions.get(number);
    if (known !== undefined) {
      throw refuseRow(place, number, `${this.idField}: ${place.key}[${known}] has the same.`, this.idField);
    }
    this.#positions.set(number, place.index);
    this.largest = Math.max(this.largest, number);
  }
}

/** Names of one kind of row, and where in the file each is. */
export class TakenNames {
  readonly #positions = new Map<string, number>();

  constructor(readonly field: string) {}

  /** @throws BuildgateError INVALID when another row has the name */
  take(name: string, place: Place): void {
    const known = this.#positions.get(name);
    if (known !== undefined) {
      throw refuseRow(place, null, `${this.field}: ${place.key}[${known}] has the same, ${shown(name)}.`);
    }
    this.#positions.set(name, place.index);
  }
}

import {
  locatedError,
  type ExecutionResult,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { fieldWithin, pathOf, type Holder, type Place } from './place.js';

/** What all executions of an operation have in common. */
export interface OperationParts {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Record<string, FragmentDefinitionNode>;
}

/** Makes what a resolver gave into what is answered. Throws what goes wrong with it. */
export type Completer = (execution: ExecutionState, place: Place, value: unknown) => unknown;

/** An object that has failed and only waits for its other fields, whose errors stand in front of its own. */
interface Waiter {
  readonly place: Place | undefined;
  readonly error: unknown;
  /** The field that failed: what is still under way of it is not waited for. */
  readonly failed: string;
  /** How much of the others is under way. */
  left: number;
  /** Whether its error is on its way; further ones of the same object are nobody's. */
  isReleased: boolean;
}

// Errors are told in the order of graphql-js, whose promises take so many turns of the microtask queue for each step
// outwards. Ours has no promise for an object or a list, so an error takes as many turns.
const TURNS_OF_PROMISE = 1;
const TURNS_OF_OBJECT = 3;
const TURNS_OF_LIST = 2;

/**
 * One execution of an operation. The answer is filled in place: objects and lists are there at once, what was promised
 * is put in when it comes, and the answer is ready when nothing is under way any more.
 */
export class ExecutionState {
  /** Arguments that depend on variables, by the number that the plan gave them. */
  readonly args: (Readonly<Record<string, unknown>> | undefined)[] = [];
  /** How much is under way. */
  pending = 0;
  readonly #errors: GraphQLError[] = [];
  readonly #nulled = new Set<Place | undefined>();
  readonly #waiters: Waiter[] = [];
  #onIdle: (() => void) | undefined;
  #onEnd: ((result: ExecutionResult) => void) | undefined;
  #result: ExecutionResult | undefined;

  constructor(
    readonly parts: OperationParts,
    readonly rootValue: unknown,
    readonly context: unknown,
    readonly variables: Readonly<Record<string, unknown>>,
  ) {}

  /** Whether the answer is known, although something may still be under way that does not matter any more. */
  get isOver(): boolean {
    return this.#result !== undefined;
  }

  /** The answer, or its promise. To be called once, when everything was begun. */
  result(): ExecutionResult | Promise<ExecutionResult> {
    return (
      this.#result ??
      new Promise((resolve) => {
        this.#onEnd = resolve;
      })
    );
  }

  /** Calls back when nothing is under way any more, or at once. */
  whenIdle(action: () => void): void {
    if (this.pending === 0) action();
    else this.#onIdle = action;
  }

  /** Ends with these data and the errors so far. */
  end(data: Holder | null): void {
    if (this.#result) return;
    const errors = this.#errors;
    this.#result = (errors.length === 0 ? { data } : { errors: [...errors], data }) as ExecutionResult;
    this.#onEnd?.(this.#result);
  }

  /** Ends without data. */
  fail(error: unknown): void {
    this.add(error as GraphQLError, undefined);
    this.end(null);
  }

  /** Takes an error down whose place became null, unless that is part of something that is null already. */
  add(error: GraphQLError, place: Place | undefined): void {
    for (let at = place; at; at = at.prev) if (this.#nulled.has(at)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(place);
    this.#errors.push(error);
  }

  /** Puts what was promised into its place when it comes. */
  await(place: Place, promise: PromiseLike<unknown>, complete: Completer): void {
    place.awaits += 1;
    this.#start(place);
    const refuse = (error: unknown): void => later(turnsOfPromises(place), () => this.#raise(place, error));
    promise.then((value) => {
      try {
        place.holder[place.key] = complete(this, place, value);
      } catch (error) {
        refuse(error);
        return;
      }
      this.#finish(place, TURNS_OF_PROMISE + turnsOfPromises(place));
    }, refuse);
  }

  /**
   * Lets an object fail as soon as what was begun of its other fields has come to an end.
   * @param failed the field that cannot be null
   * @param begun how much of the others is under way
   */
  failAfter(place: Place | undefined, error: unknown, failed: string, begun: number): void {
    this.#start(place);
    this.#waiters.push({ place, error, failed, left: begun, isReleased: false });
  }

  #start(place: Place | undefined): void {
    this.pending += 1;
    for (const waiter of this.#waiters) if (isWaitedFor(place, waiter)) waiter.left += 1;
  }

  /**
   * Something has come to an end.
   * @param turns until the promise of the field would be kept
   */
  #finish(place: Place | undefined, turns: number): void {
    for (const waiter of this.#waiters) {
      if (!isWaitedFor(place, waiter)) continue;
      later(turns + turnsWithin(place, waiter.place), () => {
        waiter.left -= 1;
        if (waiter.left === 0) this.#release(waiter, TURNS_OF_OBJECT);
      });
    }
    this.pending -= 1;
    if (this.pending > 0 || !this.#onIdle) return;
    const action = this.#onIdle;
    this.#onIdle = undefined;
    action();
  }

  /** Has the error of an object that has waited take its way. */
  #release(waiter: Waiter, turns: number): void {
    if (waiter.isReleased) return;
    waiter.isReleased = true;
    const { place, error } = waiter;
    later(turns + turnsOfPromises(place), () => this.#raise(place, error));
  }

  /** Carries an error outwards to the nearest place that may be null. */
  #raise(place: Place | undefined, raw: unknown): void {
    if (!place) {
      this.fail(raw);
      this.#finish(place, 0);
      return;
    }
    const error = locatedError(raw, place.field.nodes, pathOf(place));
    if (place.nullable) {
      this.add(error, place);
      place.holder[place.key] = null;
      this.#finish(place, TURNS_OF_PROMISE);
      return;
    }
    const outer = place.prev;
    const waiter = isItem(place) ? undefined : this.#waiters.find((one) => one.place === outer);
    if (waiter) {
      if (place.key !== waiter.failed) this.#release(waiter, TURNS_OF_PROMISE + TURNS_OF_OBJECT);
      this.#finish(place, 0);
      return;
    }
    later(turnsAround(place), () => this.#raise(outer, error));
  }
}

function isWaitedFor(place: Place | undefined, waiter: Waiter): boolean {
  const field = fieldWithin(place, waiter.place);
  return field !== undefined && field.key !== waiter.failed;
}

function isItem({ typename }: Place): boolean {
  return typename === undefined;
}

/** From a place to the one around it: the object or list that it is part of, and the promises of that. */
function turnsAround(place: Place): number {
  return (isItem(place) ? TURNS_OF_LIST : TURNS_OF_OBJECT) + turnsOfPromises(place.prev);
}

/** From a place to the fields of an object around it. */
function turnsWithin(place: Place | undefined, outer: Place | undefined): number {
  let turns = 0;
  for (let at = place; at && at !== outer && at.prev !== outer; at = at.prev) turns += turnsAround(at);
  return turns;
}

function turnsOfPromises(place: Place | undefined): number {
  return place ? place.awaits * TURNS_OF_PROMISE : 0;
}

function later(turns: number, action: () => void): void {
  if (turns === 0) action();
  else queueMicrotask(turns === 1 ? action : () => later(turns - 1, action));
}

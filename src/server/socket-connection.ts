import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** A subscription as its connection sees it. */
export interface Followed {
  /** Everything in the change log up to here was sent or was none of its business; null when it is over. */
  readonly passed: number | null;
}

/** How often a connection is to be checked. */
export const CHECK_MS = 500;
/** What a message is cut into, so that a large one on a slow line shows that it is being taken. */
export const PIECE_BYTES = 65_536;
/** Bytes that subscriptions may let wait here; those behind them wait as places in the change log. */
const FULL_BYTES = 65_536;
/** Most bytes that may wait for a client that takes nothing just now. */
const BACKLOG_BYTES = 16 * 1024 * 1024;
/** How long nothing may be taken while so much waits. */
const BACKLOG_MS = 1_000;
/** How often a client is asked for a sign of life, and how long it may take to give it. */
const KEEP_ALIVE_MS = 12_000;
/** How long a client may take to return the goodbye of a gateway that stops. */
const GOODBYE_MS = 2_000;
const NORMAL = 1000;
const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

/** The bytes of one message: its first piece, and all behind it. Both may be shared with other connections. */
export interface MessageBytes {
  readonly head: Buffer;
  readonly rest: Buffer;
}

/** Whose message it is. */
export interface Sender {
  /** Told when a message is on its way, or never will be. */
  sent(): void;
}

/** A message that waits, or the rest of one. */
interface Waiting {
  piece: Buffer;
  rest: Buffer;
  isBegun: boolean;
  readonly sender: Sender;
}

/**
 * The sending end of one WebSocket. Messages wait here and not in the socket, which gets the next piece when the
 * network has taken the last: so it is known whether the client takes anything, what waits is dropped at once when the
 * connection is closed, and nothing is counted as sent that the client cannot see before the goodbye.
 */
export class SocketConnection {
  readonly #socket: WebSocket;
  readonly #network: Duplex;
  readonly #onEnd: (code: number, reason: string) => void;
  #waiting: Waiting[] = [];
  readonly #followed = new Set<Followed>();
  readonly #answering = new Set<object>();
  #waitingBytes = 0;
  /** Pieces that the network has not taken yet. */
  #untaken = 0;
  #isKeptBack = false;
  // Time is counted in checks: between two of them the process has listened to the network, and one that was stopped
  // for a while does not take its own silence for that of the client.
  #heldChecks = 0;
  #checksSinceBeat = 0;
  #checksIdle = 0;
  #isAlive = true;
  #isFinishing = false;
  #isClosing = false;

  readonly #onTaken = (): void => {
    this.#untaken -= 1;
    this.#sendNext();
  };

  /**
   * @param network what carries the socket; used to send several messages at once, and for nothing else
   * @param onEnd told once, as soon as nothing more is sent
   */
  constructor(socket: WebSocket, network: Duplex, onEnd: (code: number, reason: string) => void) {
    this.#socket = socket;
    this.#network = network;
    this.#onEnd = onEnd;
    socket.on('pong', () => (this.#isAlive = true));
    socket.on('close', (code, reason) => this.#end(code, String(reason)));
  }

  /** Whether what the client sends is still heard. */
  get isOpen(): boolean {
    return !this.#isFinishing && !this.#isClosing;
  }

  /** Whether nothing reaches the client any more. */
  get isGone(): boolean {
    return this.#isClosing;
  }

  /** Bytes that the network has not taken. */
  get unsentBytes(): number {
    return this.#waitingBytes + this.#socket.bufferedAmount;
  }

  /** Whether so much waits that subscriptions should let the change log keep what comes. */
  get isFull(): boolean {
    return this.#waitingBytes >= FULL_BYTES;
  }

  /** Sends a message behind those that wait. Resolves when it is on its way, or never will be. */
  send(text: string): Promise<void> {
    const bytes = Buffer.from(text);
    return new Promise((sent) => {
      const message = { head: bytes.subarray(0, PIECE_BYTES), rest: bytes.subarray(PIECE_BYTES) };
      if (this.deliver(message, { sent })) sent();
    });
  }

  /**
   * Sends a message behind those that wait. The bytes must never change.
   * @returns whether it is on its way, or never will be; if not, the sender is told later
   */
  deliver({ head, rest }: MessageBytes, sender: Sender): boolean {
    if (this.#isClosing) return true;
    if (this.#isIdle && !this.#isKeptBack && rest.length === 0) {
      this.#put(head, true);
      return true;
    }
    this.#waitingBytes += head.length + rest.length;
    this.#waiting.push({ piece: head, rest, isBegun: false, sender });
    this.#sendNext();
    return false;
  }

  /** Keeps messages back until `release`, to give them to the network together. */
  hold(): void {
    this.#isKeptBack = true;
  }

  release(): void {
    this.#isKeptBack = false;
    this.#sendNext();
  }

  /** Forgets the messages of a sender that are not on their way. */
  drop(sender: Sender): void {
    const isDropped = (message: Waiting): boolean => message.sender === sender && !message.isBegun;
    for (const { piece, rest } of this.#waiting.filter(isDropped)) this.#waitingBytes -= piece.length + rest.length;
    this.#waiting = this.#waiting.filter((message) => !isDropped(message));
  }

  /** Keeps in mind where a subscription stands. */
  follow(subscription: Followed): void {
    for (const one of this.#followed) if (one.passed === null) this.#followed.delete(one);
    this.#followed.add(subscription);
  }

  /** Says that a query or mutation is being answered; `answered` with the same object says that it was. */
  answering(operation: object): void {
    this.#answering.add(operation);
  }

  answered(operation: object): void {
    this.#answering.delete(operation);
    if (this.#isFinishing) this.#leaveWhenAnswered();
  }

  /** Says that the client has sent something. */
  heard(): void {
    this.#checksIdle = 0;
  }

  /** Hears no more of the client and goes away once its queries and mutations are answered. */
  finish(): void {
    this.#isFinishing = true;
    this.#leaveWhenAnswered();
  }

  /** Closes the connection; what waits is dropped. */
  close(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#socket.close(code, reason);
    this.#end(code, reason);
  }

  /**
   * Looks after the client; call it every `CHECK_MS`.
   * @param slowMs how long something may wait while the client takes nothing
   * @param idleMs how long the client may send nothing while nothing is done for it
   * @returns whether the client was found too slow and is told so
   */
  check({ slowMs, idleMs }: { readonly slowMs: number; readonly idleMs: number }): boolean {
    if (this.#isClosing) return false;
    const heldMs = this.#untaken > 0 ? this.#heldChecks++ * CHECK_MS : 0;
    if (heldMs >= slowMs || (heldMs >= BACKLOG_MS && this.unsentBytes > BACKLOG_BYTES)) {
      this.close(TRY_AGAIN_LATER, this.#resumable('Too slow'));
      return true;
    }
    this.#checksIdle = this.#isBusy ? 0 : this.#checksIdle + 1;
    if (this.#checksIdle * CHECK_MS > idleMs) {
      // Not a code on which clients come back by themselves.
      this.close(NORMAL, 'Idle');
      return false;
    }
    this.#checksSinceBeat += 1;
    if (this.#checksSinceBeat * CHECK_MS >= KEEP_ALIVE_MS) this.#beat();
    return false;
  }

  #beat(): void {
    this.#checksSinceBeat = 0;
    // A ping stands behind what waits: while something does, it is not its answer that tells of life.
    if (this.#untaken > 0) this.#isAlive = true;
    else if (!this.#isAlive) this.#socket.terminate();
    else {
      this.#isAlive = false;
      this.#socket.ping();
    }
  }

  /** Whether something is answered or subscribed to. */
  get #isBusy(): boolean {
    if (this.#answering.size > 0) return true;
    for (const { passed } of this.#followed) if (passed !== null) return true;
    return false;
  }

  /** Whether the network has taken everything. */
  get #isIdle(): boolean {
    return this.#untaken === 0 && this.#waiting.length === 0;
  }

  /** Gives the network the next piece, and what else waits that is not more than a piece in all. */
  #sendNext(): void {
    if (this.#untaken > 0 || this.#isKeptBack || this.#waiting.length === 0) return;
    this.#network.cork();
    let room = PIECE_BYTES;
    for (let message = this.#waiting[0]; message && message.piece.length <= room; message = this.#waiting[0]) {
      room -= message.piece.length;
      this.#sendPiece(message);
    }
    this.#network.uncork();
  }

  #sendPiece(message: Waiting): void {
    const { piece, rest, sender } = message;
    const fin = rest.length === 0;
    this.#waitingBytes -= piece.length;
    if (fin) this.#waiting.shift();
    else {
      message.piece = rest.subarray(0, PIECE_BYTES);
      message.rest = rest.subarray(PIECE_BYTES);
      message.isBegun = true;
    }
    this.#put(piece, fin);
    if (fin) sender.sent();
  }

  #put(piece: Buffer, fin: boolean): void {
    this.#untaken += 1;
    this.#heldChecks = 0;
    this.#socket.send(piece, { fin, binary: false }, this.#onTaken);
  }

  #leaveWhenAnswered(): void {
    if (this.#answering.size > 0) return;
    // Whatever is on its way is counted by then: a subscription moves on in the same turn of the event loop.
    setImmediate(() => {
      this.close(GOING_AWAY, this.#resumable('Going away'));
      setTimeout(() => this.#socket.terminate(), GOODBYE_MS).unref();
    });
  }

  /** Why the connection is closed, with the lowest place of its subscriptions; within the 123 bytes that a reason may have. */
  #resumable(why: string): string {
    const places = [...this.#followed].map(({ passed }) => passed).filter((passed) => passed !== null);
    return places.length === 0 ? why : `${why}; resume after ${Math.min(...places)}`;
  }

  #end(code: number, reason: string): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#waitingBytes = 0;
    for (const { sender } of this.#waiting.splice(0)) sender.sent();
    this.#onEnd(code, reason);
  }
}

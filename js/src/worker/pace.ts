/** Long work in pieces, so that a page draws and answers in between. */

// How long the page is blocked at a time.
const MILLISECONDS_A_PIECE = 1;
// A piece of memory: first touched, it costs up to half a millisecond.
const BYTES_A_PIECE = 1 << 18;

export class Pace {
  private until = performance.now() + MILLISECONDS_A_PIECE;

  /** Whether this piece has taken its time. */
  get isOver(): boolean {
    return performance.now() > this.until;
  }

  async pause(): Promise<void> {
    await nextTask();
    this.until = performance.now() + MILLISECONDS_A_PIECE;
  }

  /** Copies bytes to a place of the same size. */
  async copy(from: Uint8Array, to: Uint8Array): Promise<void> {
    for (let at = 0; at < from.length; at += BYTES_A_PIECE) {
      to.set(from.subarray(at, at + BYTES_A_PIECE), at);
      if (this.isOver) await this.pause();
    }
  }
}

/** A later task, not a microtask. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(0);
  });
}

export const bytesOf = (value: ArrayBufferView | ArrayBuffer): Uint8Array<ArrayBuffer> =>
  ArrayBuffer.isView(value) ? new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength) : new Uint8Array(value);

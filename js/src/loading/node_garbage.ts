/**
 * What Node's `fetch` leaves behind: two buffers of 64 KB for each chunk, its socket's and the one that it gives. V8 lets 32 MB of young
 * ones gather before it collects them, some grow old meanwhile, and old ones wait until they are 64 MB.
 */
interface Engine {
  readonly versions: { readonly v8?: string };
}
type Transferable = ArrayBuffer & { transfer?(size: number): ArrayBuffer };

/** So many bytes of young buffers make V8 collect what is young as the next one is made. From version 13 on it would be all garbage, which takes long. */
const YOUNG_LIMIT = 32 * 1024 * 1024;
const LAST_VERSION = 12;
/** Bytes of chunks between two collections, of some 0.3 ms. */
const INTERVAL = 4 * 1024 * 1024;

/** What gives a buffer's memory back at once. */
function detacher(): (buffer: Transferable) => void {
  if ('transfer' in ArrayBuffer.prototype) return (buffer) => void buffer.transfer?.(0);
  // What is sent to a port that is closed is gone.
  const { port1, port2 } = new MessageChannel();
  port2.close();
  return (buffer) => port1.postMessage(undefined, [buffer]);
}

/** What is to be called with each chunk of a response when it has been used. `own`: nobody else has the chunk, and its memory may go. */
export function chunkCollector(own: boolean): (chunk: Uint8Array) => void {
  const { versions } = process as Engine;
  const collects = Number.parseInt(versions.v8 ?? '') <= LAST_VERSION && !('Bun' in globalThis);
  const detach = own ? detacher() : undefined;
  let since = 0;
  return ({ buffer, byteLength }) => {
    since += byteLength;
    try {
      // A part of a buffer is of some pool, and others have its other parts.
      if (buffer.byteLength === byteLength) detach?.(buffer as ArrayBuffer);
      if (!collects || since < INTERVAL) return;
      since = 0;
      new ArrayBuffer(YOUNG_LIMIT); // it counts, but takes no memory of the machine, as it is never touched
    } catch {
      // What cannot be given back, and where even the addresses are scarce, garbage stays as it is.
    }
  };
}

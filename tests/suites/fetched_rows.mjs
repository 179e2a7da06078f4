// Tables that are fetched by rows, for suites: columns over them, what a runtime holds, and servers that answer with ranges.
import { BASE, memoryServer } from './memory_server.mjs';
import { npyHeader, tableBytes } from './table_bytes.mjs';

export const ROWS = 500;
export const DIMENSION = 7;

export const bits = (data) => new Uint32Array(data.buffer, data.byteOffset, data.length);
export const fetched = (url = 't.safetensors', more = {}) => ({ url, fetch: 'rows', ...more });
export const bag = (next, most = 5, ids = ROWS) => Array.from({ length: Math.floor(next() * (most + 1)) }, () => Math.floor(next() * ids));
export const heldBy = (runtime) => {
  const { layers, vocabularies, tables, fetchedRows, liveObjects } = runtime.stats();
  return [layers, vocabularies.count, tables.count, liveObjects, tables.bytes, fetchedRows.count, fetchedRows.bytes];
};

/** Runtimes over files, and columns of ROWS ids. */
export function fetching(fc) {
  const start = async (files, { retries = 0, ...options } = {}) => {
    const server = memoryServer(files, { ranges: true, ...options });
    return { server, runtime: await fc.createRuntime({ fetch: server.fetch, baseUrl: BASE, retries }) };
  };
  const identity = (key = 'id', options = {}) => fc.categoricalColumnWithIdentity(key, { numBuckets: ROWS, ...options });
  const embedding = (table, options = {}, column = identity()) => fc.embeddingColumn(column, { dimension: DIMENSION, table, ...options });
  return { start, identity, embedding };
}

// --- tables that nobody could hold

/** Value `column` of row `row`, exact in float32. */
export const valueAt = (row, column) => ((row * 31 + column * 17) % 4099) / 8 - 200;
export const MILLIONS = 10_000_000;
export const WIDTH = 16;

/** A server that makes each byte when it is asked for. `delay` in turns of the event loop. */
export function endless({ delay = () => 0, rows = MILLIONS } = {}) {
  const front = npyHeader('<f4', [rows, WIDTH]);
  const size = front.length + rows * WIDTH * 4;
  const seen = { requests: 0, bytes: 0, inFlight: 0, mostInFlight: 0, bytesInFlight: 0, mostBytesInFlight: 0, largest: 0 };
  const answer = async (path, init) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(new Headers(init.headers).get('range')).map(Number);
    const body = new Uint8Array(to + 1 - from);
    if (from < front.length) body.set(front.subarray(from, to + 1));
    const first = Math.floor(Math.max(0, from - front.length) / 4);
    const floats = Float32Array.from({ length: Math.floor((to - front.length) / 4) + 1 - first }, (_, i) => valueAt(Math.floor((first + i) / WIDTH), (first + i) % WIDTH));
    const made = new Uint8Array(floats.buffer).subarray(Math.max(0, from - front.length) - first * 4);
    body.set(made.subarray(0, Math.max(0, to + 1 - Math.max(from, front.length))), Math.max(0, front.length - from));
    seen.requests += 1;
    seen.bytes += body.length;
    seen.inFlight += 1;
    seen.bytesInFlight += body.length;
    if (from > 0) seen.largest = Math.max(seen.largest, body.length);
    seen.mostInFlight = Math.max(seen.mostInFlight, seen.inFlight);
    if (from > 0) seen.mostBytesInFlight = Math.max(seen.mostBytesInFlight, seen.bytesInFlight);
    for (let turn = delay(); turn > 0; --turn) await new Promise((resolve) => setTimeout(resolve, 0));
    const stream = new ReadableStream({
      pull(controller) {
        controller.enqueue(body);
        controller.close();
        seen.inFlight -= 1;
        seen.bytesInFlight -= body.length;
      },
    }, { highWaterMark: 0 });
    return new Response(stream, { status: 206, headers: { 'content-range': `bytes ${from}-${to}/${size}`, etag: '"10M"' } });
  };
  return { server: memoryServer({}, { answer }), seen };
}

// --- what servers do

/** The file that servers have where nothing else is said: a table of ROWS rows. */
export const TABLE_BYTES = tableBytes('float32', ROWS, DIMENSION);
/** What a good server answers to a Range. */
export const partOf = (range, bytes = TABLE_BYTES, headers = {}) => {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range).map(Number);
  const last = Math.min(to, bytes.length - 1);
  return new Response(bytes.slice(from, last + 1), { status: 206, headers: { 'content-range': `bytes ${from}-${last}/${bytes.length}`, etag: '"1"', 'last-modified': 'Mon, 02 Jun 2025 10:00:00 GMT', ...headers } });
};

/** A server whose answers can be replaced. */
export const moody = () => {
  const mood = { answer: (range) => partOf(range) };
  const server = memoryServer({}, { answer: (_path, { headers }) => mood.answer(new Headers(headers).get('range')) });
  return { mood, server };
};

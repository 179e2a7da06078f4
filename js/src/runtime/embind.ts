/**
 * Starts an instance of the module: the JavaScript half of Embind for the types that our bindings take and give - numbers, booleans and
 * std::string -, and growing memory. emscripten's own glue, which reads files, knows environments and has a message for each misuse, would
 * be a sixth of what starts a runtime. The names are those of wasm/host_names.mjs.
 */

/** Instantiates with what the module imports: its exports. */
export type Instantiate = (host: WebAssembly.ModuleImports) => Promise<WebAssembly.Exports>;

/** What the module has given: its functions by their names in `wasm/bindings.cpp`, and its memory. */
export interface Bound {
  HEAPU8: Uint8Array<ArrayBuffer>;
  trapped?: ((cause: unknown) => unknown) | undefined;
  [name: string]: unknown;
}

/** A value of wasm to one of JavaScript, and back; `made` collects what is freed after the call. */
interface Type {
  from(wire: number): unknown;
  to(value: unknown, made: number[]): unknown;
}

interface CoreExports extends WebAssembly.Exports {
  memory: WebAssembly.Memory;
  table: WebAssembly.Table;
  start(): void;
  malloc(bytes: number): number;
  free(address: number): void;
  layerRun(layer: number, packed: number, bytes: number): number;
}

const PAGE = 65536;
const MOST_BYTES = 2 ** 32 - PAGE;
/** The next growth after a large table adds 5 % to all that is there, and no more than this. */
const STEP = 0.05;
const MOST_STEP = 96 * 1024 * 1024;

const number: Type = { from: (wire) => wire, to: (value) => value };

export async function bindModule(instantiate: Instantiate): Promise<Bound> {
  const types: Record<number, Type> = {};
  const functions: Record<string, unknown> = {};
  // Types are looked up when a function is first called: bindings may be registered before their types.
  const typeOf = (type: number): Type => types[type] as Type;
  const full = new RangeError('out of memory');
  const words = () => new Uint32Array(memory.buffer);
  const none = () => {};

  const host = {
    none,
    void: (type: number) => void (types[type] = { from: none, to: none }),
    bool: (type: number) => void (types[type] = { from: Boolean, to: Number }),
    integer: (type: number, _name: number, _size: number, least: number) => void (types[type] = least ? number : { from: (wire) => wire >>> 0, to: number.to }),
    float: (type: number) => void (types[type] = number),
    // Its length, and its bytes behind that.
    string: (type: number) => void (types[type] = {
      from(wire) {
        if (!wire) throw new WebAssembly.RuntimeError('out of memory'); // and the text was written where something else is
        const at = wire >>> 0;
        const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bound.HEAPU8.subarray(at + 4, at + 4 + (words()[at / 4] as number)));
        free(wire);
        return text;
      },
      to(value, made) {
        const bytes = new TextEncoder().encode(value as string);
        const at = malloc(4 + bytes.length) >>> 0;
        if (!at) throw full;
        words()[at / 4] = bytes.length;
        bound.HEAPU8.set(bytes, at + 4);
        made.push(at);
        return at;
      },
    }),
    function(name: number, count: number, list: number, _signature: number, invoker: number, binding: number) {
      const [result, ...values] = words().slice(list / 4, list / 4 + count) as unknown as [number, ...number[]];
      const invoke = table.get(invoker) as (...wires: unknown[]) => number;
      const end = bound.HEAPU8.indexOf(0, name);
      functions[String.fromCharCode(...bound.HEAPU8.subarray(name, end))] = (...given: unknown[]): unknown => {
        const made: number[] = [];
        try {
          const answer = typeOf(result).from(invoke(binding, ...values.map((type, i) => typeOf(type).to(given[i], made))));
          made.forEach(free);
          return answer;
        } catch (cause) {
          if (cause === full) made.forEach(free); // the core was not called, and has not failed
          throw bound.trapped?.(cause) ?? cause;
        }
      };
    },
    abort() {
      throw new WebAssembly.RuntimeError('aborted');
    },
    /** Whether memory has become `bytes` long, with room for more where there is. */
    grow(bytes: number): boolean {
      bytes >>>= 0;
      const before = memory.buffer.byteLength;
      for (let part = 1; part <= 4 && bytes <= MOST_BYTES; part *= 2) {
        const wanted = Math.max(bytes, Math.min(before * (1 + STEP / part), bytes + MOST_STEP));
        try {
          memory.grow(Math.min(MOST_BYTES / PAGE, Math.ceil(wanted / PAGE)) - before / PAGE);
          bound.HEAPU8 = new Uint8Array(memory.buffer);
          return true;
        } catch {
          // perhaps there is room for less
        }
      }
      return false;
    },
  };

  const { memory, table, start, malloc, free, layerRun } = (await instantiate(host)) as CoreExports;
  // What each batch asks for is apart from the many that are added one by one: engines find it faster in a small object.
  const bound: Bound = { __proto__: functions, HEAPU8: new Uint8Array(memory.buffer), _layerRun: layerRun };
  start();
  return bound;
}

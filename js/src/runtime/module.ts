/** The wasm module: its interface, which is src/runtime/runtime.hpp function for function, and how one is started. */
import { FeatureColumnError, type ErrorCode } from '../errors.js';
import type { Fetch } from '../loading/types.js';
import { bindModule } from './embind.js';
import { ModuleParts } from './module_parts.js';
import type { WasmParts } from './wasm_source.js';

/** A thing inside the module's memory, by number; 0 means that a call failed and that {@link NativeModule.takeError} tells why. */
export type Handle = number;

/** A position in the module's memory. */
export type Address = number;

/** src/runtime/runtime.hpp as Embind exposes it; the comments there say what each function takes and gives. */
export interface NativeModule {
  /** Where the functions of a part (wasm/parts.mjs) come from. */
  readonly parts: ModuleParts;
  /** All memory. Replaced whenever memory grows: read it anew after each call that may allocate. */
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  /** What becomes of an error that a function below throws; set by the engine. */
  trapped?: ((cause: unknown) => unknown) | undefined;
  takeError(): string;
  allocate(bytes: number): Address;
  reallocate(memory: Address, bytes: number): Address;
  free(memory: Address): void;
  earlyLines(bytes: number, size: number): Address;
  earlyArrived(early: Address, text: Address, bytes: number): void;
  earlyEnd(early: Address): void;
  vocabularyFromText(file: Address, bytes: number, dtype: string, size: number, name: string, early: Address): Handle;
  vocabularyFromRecords(file: Address, bytes: number, dtype: string, size: number, name: string): Handle;
  vocabularyFromPrebuilt(file: Address, bytes: number, dtype: string, size: number, name: string): Handle;
  prebuiltSize(vocabulary: Handle): number;
  prebuiltWrite(vocabulary: Handle, file: Address): void;
  vocabularySize(vocabulary: Handle): number;
  checkpointOpen(index: Address, bytes: number, name: string): Handle;
  checkpointEntries(checkpoint: Handle): string;
  objectGraphPlan(checkpoint: Handle): string;
  objectGraphRead(checkpoint: Handle, bytes: Address, size: number): string;
  tensorOpen(checkpoint: Handle, tensor: string, cast: boolean): Handle;
  tensorPlan(tensor: Handle): string;
  tensorRoom(tensor: Handle, piece: number, size: number): Address;
  tensorWritten(tensor: Handle, piece: number, size: number): boolean;
  tensorRewind(tensor: Handle, piece: number): void;
  tensorFinish(tensor: Handle): Handle;
  /** `format`: a number of TABLE_FORMATS. */
  tableMake(rows: number, dimension: number, name: string, format: number): Handle;
  partialTableMake(rows: number, slots: number, dimension: number, name: string, format: number): Handle;
  tableHold(table: Handle, words: Address, count: number): boolean;
  tableMissing(table: Handle): Address;
  tableData(table: Handle): Address;
  tableShape(table: Handle): Address;
  /** `bits`: of the numbers in the text; see stringifyForCore. */
  layerMake(json: string, bits: string): Handle;
  layerDescribe(layer: Handle): string;
  /** Answers what `output` would, or 0: a plain export of the module, which has no unsigned numbers. */
  _layerRun(layer: Handle, packed: Address, bytes: number): Address;
  layerRunExamples(layer: Handle, packed: Address, bytes: number, sequenceExamples: boolean): boolean;
  layerRunRows(layer: Handle, lines: Address, bytes: number): boolean;
  layerExplain(layer: Handle, packed: Address, bytes: number, ndjson: boolean): string;
  layerCoverage(layer: Handle, packed: Address, bytes: number, ndjson: boolean, top: number): string;
  output(): Address;
  release(handle: Handle): void;
  stats(): Address;
}

/** Where the module's code comes from: its bytes, or what `WebAssembly.compile` made of them. */
export type WasmSource = WebAssembly.Module | BufferSource;

async function compile(source: WasmSource): Promise<WebAssembly.Module> {
  if (source instanceof WebAssembly.Module) return source;
  try {
    return await WebAssembly.compile(source);
  } catch (cause) {
    throw new FeatureColumnError(
      'unsupported',
      `the WebAssembly module cannot be compiled: ${(cause as Error).message}. It needs an engine with WebAssembly SIMD (2021 and later) and, ` +
        "under a Content Security Policy, script-src 'wasm-unsafe-eval'",
      { cause },
    );
  }
}

/**
 * Starts one instance, with a memory of its own.
 *
 * @throws FeatureColumnError `unsupported` where the engine cannot compile it, `out_of_memory` where it cannot give it memory.
 */
export async function instantiateModule(source: WasmSource, wasmParts: WasmParts, fetch: Fetch | undefined): Promise<NativeModule> {
  const compiled = await compile(source);
  const parts = new ModuleParts(compiled, wasmParts, fetch);
  let native: object;
  try {
    native = await bindModule(async (host) => {
      const { exports } = await WebAssembly.instantiate(compiled, { a: { ...host, messages: parts.messages } }); // emscripten's name of it
      parts.core = exports;
      return exports;
    });
  } catch (cause) {
    throw new FeatureColumnError('out_of_memory', `the WebAssembly module cannot be started: ${(cause as Error).message}`, { cause });
  }
  await parts.begin();
  return Object.assign(native, { parts }) as unknown as NativeModule;
}

/** The error of the call that just failed. */
export function nativeError(native: NativeModule): FeatureColumnError {
  if (!native.parts.has('messages')) {
    return new FeatureColumnError('network', 'a call failed, and the part "messages" of feature-columns, which says why, could not be loaded. Are all files of its dist/ served?', { value: 'messages' });
  }
  const text = native.takeError();
  if (text === '') return new FeatureColumnError('internal', 'the core failed without a reason; please report it');
  const { code, message, ...where } = JSON.parse(text) as { code: ErrorCode; message: string; column?: string; row?: number; value?: string };
  return new FeatureColumnError(code, message, where);
}

/** A handle, or the error of the call that should have given one. */
export function checked(native: NativeModule, handle: Handle): Handle {
  if (handle === 0) throw nativeError(native);
  return handle;
}

/** Memory that {@link NativeModule.free} or a call that takes it over gives back. @throws FeatureColumnError `out_of_memory` */
export function allocate(native: NativeModule, bytes: number, what: string): Address {
  const address = bytes < 2 ** 32 ? native.allocate(bytes) : 0;
  if (address === 0) throw outOfMemory(bytes, what);
  return address;
}

export function outOfMemory(bytes: number, what: string): FeatureColumnError {
  return new FeatureColumnError('out_of_memory', `${what}: ${bytes} bytes of WebAssembly memory are not available`);
}

/** What scripts/build.mjs generates from the wasm build. */
declare module '*/generated/glue.mjs' {
  type Receive = (instance: WebAssembly.Instance, module: WebAssembly.Module) => void;
  export default function createModule(options: {
    instantiateWasm(imports: WebAssembly.Imports, receive: Receive): object;
  }): Promise<object>;
}
declare module '*/generated/inline.js' {
  /** The wasm file, a character (U+0000 to U+00FF) for each byte. */
  export const inlineWasm: string;
}

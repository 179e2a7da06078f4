/** What scripts/build.mjs generates from the wasm build. */
declare module '*/generated/wasm_core.js' {
  /** The wasm file of the core, a character (U+0000 to U+00FF) for each byte. */
  export const inlineWasm: string;
}
declare module '*/generated/wasm_checkpoint.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_columns.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_explain.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_messages.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_models.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_prebuilt.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_rows.js' {
  export const inlineWasm: string;
}
declare module '*/generated/wasm_vocabulary.js' {
  export const inlineWasm: string;
}

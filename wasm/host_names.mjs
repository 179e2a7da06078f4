// What the module has in common with js/src/runtime/embind.ts. emscripten calls imports and exports by letters that another build may
// give to others; scripts/split-wasm.mjs renames them by what they are within.

/** By the function that is imported: what JavaScript calls it. `none`: types that no binding has. */
export const HOST_IMPORTS = {
  _embind_register_void: 'void',
  _embind_register_bool: 'bool',
  _embind_register_integer: 'integer',
  _embind_register_float: 'float',
  _embind_register_std_string: 'string',
  _embind_register_function: 'function',
  _embind_register_bigint: 'none',
  _embind_register_std_wstring: 'none',
  _embind_register_memory_view: 'none',
  _embind_register_emval: 'none',
  emscripten_resize_heap: 'grow',
  bringMessages: 'messages',
  abort: 'abort',
  _abort_js: 'abort', // of newer releases
};

/** The same of what it exports: functions by their names, and the others by their kinds. */
export const HOST_EXPORTS = {
  __wasm_call_ctors: 'start',
  malloc: 'malloc',
  emmalloc_malloc: 'malloc', // of newer releases, in which malloc is but another name of it
  free: 'free',
  emmalloc_free: 'free',
  layerRun: 'layerRun',
  memory: 'memory',
  table: 'table',
};

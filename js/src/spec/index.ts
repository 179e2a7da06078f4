/** Columns as JSON, both ways. */
export { fromSpec, type FromSpecOptions } from './from_spec.js';
export { parseSpec, stringifySpec } from './spec_text.js';
export type { CustomObjects } from './tensorflow_config.js';
export { toSpec } from './to_spec.js';
export type { ColumnSpec, LayerName, LayerSpec, Spec, SpecColumnType } from './types.js';

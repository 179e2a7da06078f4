/** Columns as JSON, both ways. */
export { fromSpec, type FromSpecOptions } from './from_spec.js';
export { parseSpec } from './parse_spec.js';
export { stringifySpec } from './stringify_spec.js';
export type { CustomObjects } from './tensorflow_config.js';
export { toSpec } from './to_spec.js';
export type { ColumnSpec, LayerName, LayerSpec, Spec, SpecColumnType } from './types.js';

/** Layers from specs. */
import type { Source } from '../loading/types.js';
import { parseLayerSpec } from '../spec/layer_spec.js';
import { loadLayer, type AnyLayer, type Context } from './load.js';

/** What was parsed is a plain object; everything that can be read is not. */
const isSource = (spec: Source | object): spec is Source => typeof spec === 'string' || !/^\[object (Object|Array|Null)]$/.test(Object.prototype.toString.call(spec));

/** The layer of a spec: parsed, or where it can be read. */
export async function loadSpec(context: Context, spec: Source | object): Promise<AnyLayer> {
  const parsed = isSource(spec) ? await (await context.resources.files(context.options)).json(spec, context.options) : { value: spec, url: undefined };
  const { layer, columns, dnnFeatureColumns, linearFeatureColumns, options } = parseLayerSpec(parsed.value);
  const relative = parsed.url === undefined ? context : { ...context, options: { ...context.options, baseUrl: parsed.url } };
  return loadLayer(relative, layer, { columns, dnnFeatureColumns, linearFeatureColumns }, options);
}

/** `layer.replace`: the layer loaded anew, with some sources replaced. */
import type { ColumnDefinition } from '../columns/types.js';
import { FeatureColumnError } from '../errors.js';
import { onAbort, throwIfAborted } from '../loading/abort.js';
import type { LoadOptions } from '../loading/types.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { LayerOptions } from '../spec/layer_options.js';
import type { Layer, Origin } from './layer.js';
import { loadLayer, type ColumnLists, type Columns } from './load.js';
import { Locations } from './locations.js';
import { Replacer, type Replacement, type ReplaceOptions } from './replacement.js';

/** Loads the layer anew, and has it answer by that. */
export async function swap(layer: Layer, replacement: Replacement, options: ReplaceOptions): Promise<void> {
  layer.requireAlive();
  const { signal } = options;
  throwIfAborted('replace', signal);
  const controller = new AbortController();
  const stops = [layer.ended.signal, ...(signal ? [signal] : [])].map((each) => onAbort(each, () => controller.abort(each.reason)));
  try {
    const next = await reload(layer.origin as Origin, replacement, { ...options, signal: controller.signal });
    if (layer.disposed || controller.signal.aborted) {
      next.dispose();
      layer.requireAlive();
      throwIfAborted('replace', signal);
    }
    const old = layer.core;
    layer.core = next.core;
    layer.origin = next.origin;
    const stop = onAbort(layer.ended.signal, () => old.dispose());
    old.retire(stop);
  } catch (error) {
    layer.requireAlive(); // that is then why it failed
    throw error;
  } finally {
    for (const stop of stops) stop();
  }
}

function reload({ context, name, lists, options }: Origin, replacement: Replacement, again: ReplaceOptions): Promise<Layer> {
  return context.engine.loading(again.signal, async (signal) => {
    const integrity = again.integrity === undefined ? context.options.integrity : { ...context.options.integrity, ...again.integrity };
    const loading: LoadOptions = { ...context.options, onProgress: undefined, ...again, integrity, signal };
    const { resources } = context;
    const locations = await Locations.of([lists, options, replacement], async (file) => (await resources.files(loading)).locate(file, loading));
    const next = replaced(name, lists, options, new Replacer(replacement, locations), locations);
    return loadLayer({ ...context, options: loading }, name, next.lists, next.options);
  });
}

/** A layer's columns and options with other sources. */
function replaced(name: LayerName, lists: ColumnLists, options: LayerOptions, replacer: Replacer, locations: Locations): { lists: ColumnLists; options: LayerOptions } {
  const { ckptToLoadFrom } = replacer;
  const hasCheckpoint = options.ckptToLoadFrom !== undefined;
  const refused = (message: string) => new FeatureColumnError('invalid_argument', `replace: ${message}`);
  if (ckptToLoadFrom !== undefined && !hasCheckpoint) throw refused(`${name} has no checkpoint of its own; name its tables: {tables: {…: {ckptToLoadFrom}}}`);
  if (hasCheckpoint && replacer.hasTables) throw refused(`all weights of ${name} are in its checkpoint; give another one: {ckptToLoadFrom}`);
  if (ckptToLoadFrom !== undefined && locations.same(ckptToLoadFrom, options.ckptToLoadFrom)) throw refused('the layer reads this very checkpoint already; give another name for what has changed');
  const columns = Object.entries(lists).map(([list, each]) => [list, each === undefined ? each : replacer.columns(normalizedList(each))]);
  replacer.requireAllUsed();
  return { lists: Object.fromEntries(columns) as ColumnLists, options: ckptToLoadFrom === undefined ? options : { ...options, ckptToLoadFrom } };
}

const normalizedList = (columns: Columns): Iterable<ColumnDefinition> => (Symbol.iterator in columns ? columns : [columns]);

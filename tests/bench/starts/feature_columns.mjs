// The first vector: import, start, look up two ids. `mark` is told what is done.
import { createRuntime, categoricalColumnWithIdentity, embeddingColumn } from '../../../dist/external.js';

export async function start(mark) {
  const runtime = await createRuntime();
  mark('runtime');
  const layer = await runtime.denseFeatures([embeddingColumn(categoricalColumnWithIdentity('id', { numBuckets: 4 }), { dimension: 4, table: { data: Float32Array.from({ length: 16 }, (_, i) => i) } })]);
  mark('layer');
  const { data } = layer.transform({ id: [[1, 3]] });
  if (data[0] !== 8) throw new Error(`${data}`);
}

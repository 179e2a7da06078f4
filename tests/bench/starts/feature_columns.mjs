// From the first line to the first vector: import, start, look up two ids.
const begin = performance.now();
const { createRuntime, categoricalColumnWithIdentity, embeddingColumn } = await import('../../../dist/external.js');
const runtime = await createRuntime();
const layer = await runtime.denseFeatures([embeddingColumn(categoricalColumnWithIdentity('id', { numBuckets: 4 }), { dimension: 4, table: { data: Float32Array.from({ length: 16 }, (_, i) => i) } })]);
const { data } = layer.transform({ id: [[1, 3]] });
if (data[0] !== 8) throw new Error(`${data}`);
process.stdout.write(String(performance.now() - begin));

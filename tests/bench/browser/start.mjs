// Row 12 in a page: milliseconds from the navigation to the first vector that JavaScript can read; files are local and no cache has any.
import { result } from '../harness.mjs';
import { mainThread } from './trace.mjs';

const PROGRAMS = { 'feature-columns': 'feature_columns', 'TF.js wasm': 'tfjs', 'ONNX Runtime Web': 'onnx', 'a page with nothing': 'nothing' };
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];

/** One start, in a context of its own, which is a cache of its own; `watch` is given the page and what starts it. */
async function once(browser, url, program, watch) {
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    return await watch(page, async () => {
      await page.goto(`${url}tests/bench/browser/start.html?${program}`, { waitUntil: 'commit' });
      await page.waitForFunction(() => globalThis.done, undefined, { polling: 20 });
    });
  } finally {
    await context.close();
  }
}

/** What was done when, and how long each file took. */
async function times(page, start) {
  await start();
  return page.evaluate(() => ({
    marks: globalThis.marks, calls: globalThis.calls,
    files: performance.getEntriesByType('resource').map(({ name, startTime, responseEnd }) => ({ name: name.split('/').at(-1), begin: startTime, end: responseEnd })),
  }));
}

/** Samples of all programs, in turns. */
async function sampled(browser, url, rounds, watch) {
  const samples = Object.fromEntries(Object.keys(PROGRAMS).map((name) => [name, []]));
  for (let round = -1; round < rounds; ++round) {
    for (const [name, program] of Object.entries(PROGRAMS)) {
      const sample = await once(browser, url, program, watch);
      if (round >= 0) samples[name].push(sample);
    }
  }
  return samples;
}

const figures = (samples, valueOf) => Object.fromEntries(Object.entries(samples).map(([name, each]) => {
  const values = each.map(valueOf);
  return [name, { min: Math.min(...values), median: median(values) }];
}));
const least = (samples, valueOf) => samples.reduce((one, other) => (valueOf(one) <= valueOf(other) ? one : other));

/** The parts of our start, one behind the other. */
function partsOf({ marks, calls, files }) {
  const script = files.find(({ name }) => name.endsWith('.js'));
  const wasm = files.find(({ name }) => name.endsWith('.wasm'));
  const span = ([begin, end] = [0, 0]) => end - begin;
  const [compiled, instantiated] = [span(calls.compile ?? calls.compileStreaming), span(calls.instantiate)];
  return {
    'page': script.begin, 'script fetched': script.end - script.begin, 'script run': marks.script - script.end, 'wasm fetched': wasm.end - marks.script, compiled, instantiated,
    'runtime started': marks.runtime - wasm.end - compiled - instantiated, layer: marks.layer - marks.runtime, transform: marks.vector - marks.layer,
  };
}

export async function startRows(browser, url, { rounds }) {
  const targets = { 'TF.js wasm': 30, 'ONNX Runtime Web': 200 };
  const starts = await sampled(browser, url, rounds, times);
  const toVector = ({ marks }) => marks.vector;
  const parts = Object.entries(partsOf(least(starts['feature-columns'], toVector))).map(([name, milliseconds]) => `${name} ${milliseconds.toFixed(1)}`);

  const traces = await sampled(browser, url, rounds, (page, start) => mainThread(browser, page, start));
  const cpu = (events, name = 'RunTask') => events.filter((event) => event.name === name).reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const [ours, nothing] = [traces['feature-columns'], traces['a page with nothing']].map((each) => least(each, (events) => cpu(events)));
  const compiled = ours.filter(({ name }) => name === 'wasm.CompileLazy').length;
  const note = `more than nothing: ${(cpu(ours) - cpu(nothing)).toFixed(1)}, of which ${compiled} functions of wasm compiled ${cpu(ours, 'wasm.CompileLazy').toFixed(1)}, `
    + `JavaScript compiled ${(cpu(ours, 'V8.CompileCode') - cpu(nothing, 'V8.CompileCode')).toFixed(1)}`;
  return [
    result(12, 'navigation to first vector, cold cache, local files', figures(starts, toVector), { targets, note: `the fastest of ours: ${parts.join(', ')}` }),
    result(12, 'the same, CPU of the page\'s main thread', figures(traces, (events) => cpu(events)), { targets, note }),
  ];
}

// What a page's main thread did, in its own CPU time, as Chromium's tracing tells it: other work of the machine does not count.
const CATEGORIES = ['disabled-by-default-devtools.timeline', 'v8', 'disabled-by-default-v8.compile', 'disabled-by-default-v8.wasm.detailed', 'v8.wasm', 'v8.wasm.detailed', '__metadata'];

/** The events of the main thread while `work` runs: [{name, milliseconds}, …]. Tasks have the name RunTask; what they did is in them. */
export async function mainThread(browser, page, work) {
  await browser.startTracing(page, { categories: CATEGORIES });
  await work();
  await page.waitForTimeout(50); // the last task is told of once it has ended
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
  const threads = traceEvents.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain');
  const isMain = ({ pid, tid }) => threads.some((each) => each.pid === pid && each.tid === tid);
  const events = traceEvents.filter((event) => event.ph === 'X' && event.tdur !== undefined && isMain(event));
  if (!events.some(({ name }) => name === 'RunTask')) throw new Error('the trace has no tasks of the main thread');
  return events.map(({ name, tdur }) => ({ name, milliseconds: tdur / 1000 }));
}

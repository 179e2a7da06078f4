/** Microseconds of a call, measured so that a browser's coarse clock does not matter. */

const SAMPLES = 15;
const SAMPLE_MILLISECONDS = 2; // browsers round their clock to as much as 0.1 ms

export interface Timing {
  /** Of one call: the median of the samples. */
  readonly microseconds: number;
  readonly calls: number;
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Times `work`, giving the page a chance to breathe after each sample; undefined as soon as `cancelled` says so. */
export async function measure(work: () => void, cancelled: () => boolean): Promise<Timing | undefined> {
  let repeat = 1;
  let calls = 0;
  const sample = (): number => {
    const start = performance.now();
    for (let index = 0; index < repeat; ++index) work();
    calls += repeat;
    return performance.now() - start;
  };
  for (let spent = sample(); spent < SAMPLE_MILLISECONDS; spent = sample()) {
    repeat = spent > 0.2 ? Math.ceil((repeat * SAMPLE_MILLISECONDS * 1.1) / spent) : repeat * 4;
  }
  const times: number[] = [];
  while (times.length < SAMPLES) {
    await pause();
    if (cancelled()) return undefined;
    times.push(sample() / repeat);
  }
  times.sort((one, other) => one - other);
  return { microseconds: 1000 * times[SAMPLES >> 1]!, calls };
}

/** Microseconds of a call, measured so that a browser's coarse clock does not matter. */

const SAMPLES = 15;
const SAMPLE_MILLISECONDS = 4; // browsers round their clock to as much as a millisecond
const CALLS_A_LOOK = 8;

export interface Timing {
  /** Of one call: the median of the samples. */
  readonly microseconds: number;
  readonly calls: number;
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Times `work`, giving the page a chance to breathe after each sample; undefined as soon as `cancelled` says so. */
export async function measure(work: () => void, cancelled: () => boolean): Promise<Timing | undefined> {
  let calls = 0;
  const sample = (): number => {
    const start = performance.now();
    for (let own = 0; ; ) {
      for (let index = 0; index < CALLS_A_LOOK; ++index) work();
      own += CALLS_A_LOOK;
      const spent = performance.now() - start;
      if (spent < SAMPLE_MILLISECONDS) continue;
      calls += own;
      return spent / own;
    }
  };
  sample(); // the engine's compilers see it before it counts
  const times: number[] = [];
  while (times.length < SAMPLES) {
    await pause();
    if (cancelled()) return undefined;
    times.push(sample());
  }
  times.sort((one, other) => one - other);
  return { microseconds: 1000 * times[SAMPLES >> 1]!, calls };
}

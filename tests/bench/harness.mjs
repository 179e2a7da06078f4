// Interleaved timing: contenders take turns, so that a machine that slows down slows all of them. Minimum and median of the rounds.

/** Milliseconds of one call, a promise awaited. */
async function once(work, input) {
  const start = performance.now();
  await work(input);
  return performance.now() - start;
}

const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length % 2 ? sorted[(sorted.length - 1) / 2] : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
};

/**
 * Times contenders against each other. Each is {name, work(input), repeat?, calls?, prepare?}: `repeat` calls are one sample, divided out, each of which may be many `calls` in itself.
 * `prepare` makes a fresh input for each sample, and a contender's own makes of it what its work takes, both outside the timing. Answers {name: {min, median}} in milliseconds a call.
 */
export async function compare(contenders, { rounds = 9, prepare = () => undefined } = {}) {
  const samples = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; ++round) {
    for (const { name, work, repeat = 1, calls = 1, prepare: own = (input) => input } of contenders) {
      const inputs = Array.from({ length: repeat }, () => own(prepare()));
      let total = 0;
      for (const input of inputs) total += await once(work, input);
      if (round >= 0) samples[name].push(total / repeat / calls); // round -1 is the warm-up
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, { min: Math.min(...values), median: median(values) }]));
}

/** Like compare, for calls of microseconds: each sample is a tight loop, without a clock in it. */
export async function compareSmall(contenders, { rounds = 9, calls = 2000 } = {}) {
  const samples = Object.fromEntries(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; ++round) {
    for (const { name, work, asynchronous = false, calls: own = calls } of contenders) {
      const start = performance.now();
      if (asynchronous) for (let i = 0; i < own; ++i) await work(i);
      else for (let i = 0; i < own; ++i) work(i);
      if (round >= 0) samples[name].push((performance.now() - start) / own);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, values]) => [name, { min: Math.min(...values), median: median(values) }]));
}

/** A line of the result: ours against each peer, as ratios of medians (how many times faster ours is). */
export function result(row, what, times, { ours = 'feature-columns', unit = 'ms', scale = 1, targets = {}, note } = {}) {
  const figures = Object.fromEntries(Object.entries(times).map(([name, { min, median: middle }]) => [name, { min: min * scale, median: middle * scale }]));
  const ratios = Object.fromEntries(
    Object.entries(figures).filter(([name]) => name !== ours).map(([name, { median: theirs }]) => [name, theirs / figures[ours].median]),
  );
  return { row, what, unit, figures, ratios, targets, ...(note ? { note } : {}) };
}

/** A seeded generator of uniform numbers in [0, 1): xorshift32. */
export function random(seed) {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 4294967296;
  };
}

/** Largest relative difference of two arrays: to verify before timing. */
export function difference(ours, theirs) {
  if (ours.length !== theirs.length) return Infinity;
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < ours.length; ++i) {
    largest = Math.max(largest, Math.abs(ours[i] - theirs[i]));
    scale = Math.max(scale, Math.abs(theirs[i]));
  }
  return scale === 0 ? largest : largest / scale;
}

export function verify(what, ours, theirs, tolerance = 1e-5) {
  const off = difference(ours, theirs);
  if (!(off <= tolerance)) throw new Error(`${what}: the results differ by ${off} (relative): nothing is timed`);
}

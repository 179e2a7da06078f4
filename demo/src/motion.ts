/** Movement, for those who want it. */

const reduced = matchMedia('(prefers-reduced-motion: reduce)');

export const isStill = (): boolean => reduced.matches;

const eased = (time: number): number => 1 - (1 - time) ** 3;

/**
 * Calls `step` with 0 … 1 over `milliseconds`, ending with exactly 1; at once with 1 where motion is not wanted.
 * Answers a function that stops it where it is.
 */
export function animate(milliseconds: number, step: (progress: number) => void): () => void {
  if (isStill() || document.hidden) {
    step(1);
    return () => {};
  }
  const start = performance.now();
  let frame = requestAnimationFrame(function tick(now) {
    const time = Math.min(1, Math.max(0, (now - start) / milliseconds));
    step(time === 1 ? 1 : eased(time));
    if (time < 1) frame = requestAnimationFrame(tick);
  });
  return () => cancelAnimationFrame(frame);
}

/** Lets an element that is new on the page come in, `from` where it begins to `none`. */
export function arrive(target: Element, from: string): void {
  if (!isStill()) target.animate([{ opacity: 0, transform: from }, { opacity: 1, transform: 'none' }], { duration: 240, easing: 'ease-out' });
}

/** Moves the children of `list` from where they were to where `change` puts them (FLIP). */
export function reorder(list: HTMLElement, change: () => void): void {
  const before = new Map(Array.from(list.children, (child) => [child, child.getBoundingClientRect().top]));
  change();
  if (isStill()) return;
  for (const child of list.children) {
    const top = before.get(child);
    if (top === undefined) {
      arrive(child, 'translateY(6px)');
      continue;
    }
    const distance = top - child.getBoundingClientRect().top;
    if (distance !== 0) {
      child.animate([{ transform: `translateY(${distance}px)` }, { transform: 'none' }], { duration: 420, easing: 'cubic-bezier(.2,.8,.2,1)' });
    }
  }
}

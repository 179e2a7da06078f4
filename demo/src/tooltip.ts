/** One label that follows the pointer over a canvas, and what a canvas under the pointer or a finger stands for. */
import { byId, placeOn, setText } from './dom.js';

function place(tip: HTMLElement, x: number, y: number): void {
  const margin = 8;
  const left = Math.min(window.innerWidth - tip.offsetWidth - margin, Math.max(margin, x - tip.offsetWidth / 2));
  const above = y - tip.offsetHeight - 14;
  tip.style.left = `${left}px`;
  tip.style.top = `${above < margin ? y + 18 : above}px`;
}

export interface Hover {
  readonly canvas: HTMLCanvasElement;
  /** What is at this place of the canvas, as a number. */
  readonly find: (x: number, y: number) => number | undefined;
  readonly describe: (found: number) => string;
  readonly hovered: (found: number | undefined) => void;
  readonly chosen: (found: number) => void;
  /** In place of `chosen` for a finger, which cannot point before it presses: where it was lifted. */
  readonly touched?: (found: number | undefined, x: number, y: number) => void;
}

export function hoverable({ canvas, find, describe, hovered, chosen, touched }: Hover): void {
  const tip = byId('tooltip');
  let last: number | undefined;
  const show = (event: PointerEvent | undefined) => {
    const found = event && find(...placeOn(canvas, event));
    tip.hidden = found === undefined;
    canvas.classList.toggle('pointing', found !== undefined);
    if (found !== undefined) {
      setText(tip, describe(found));
      place(tip, event!.clientX, event!.clientY);
    }
    if (found !== last) hovered((last = found));
  };
  canvas.addEventListener('pointermove', show);
  canvas.addEventListener('pointerleave', () => show(undefined));
  let finger = false;
  canvas.addEventListener('pointerdown', (event) => {
    finger = event.pointerType === 'touch';
  });
  canvas.addEventListener('pointerup', (event) => {
    const at = placeOn(canvas, event);
    if (finger) touched?.(find(...at), ...at);
  });
  canvas.addEventListener('click', (event) => {
    if (finger && touched !== undefined) return;
    const found = find(...placeOn(canvas, event));
    if (found !== undefined) chosen(found);
  });
}

/** A vector as a strip of heat: one cell a float, moving from what it was to what it is. */
import { css, heat, surface, type Theme } from './canvas.js';
import { placeOn, signed } from './dom.js';
import { animate } from './motion.js';

export class Strip {
  readonly canvas: HTMLCanvasElement;
  private shown: Float32Array;
  private wanted: Float32Array;
  private stop: () => void = () => {};
  private readonly redraw: () => void;

  /** `hue` names the colour of values above 0; `scale` is the value drawn at full strength. */
  constructor(canvas: HTMLCanvasElement, private readonly hue: 'watched' | 'impression', private readonly scale: number, width: number) {
    this.canvas = canvas;
    this.shown = this.wanted = new Float32Array(width);
    canvas.setAttribute('role', 'img');
    this.redraw = surface(canvas, (context, wide, high, colours) => this.draw(context, wide, high, colours));
    canvas.addEventListener('pointermove', (event) => {
      const cell = Math.floor((placeOn(canvas, event)[0] / canvas.clientWidth) * this.wanted.length);
      const value = this.wanted[cell];
      if (value !== undefined) canvas.title = `[${cell}] ${signed(value, 6)}`;
    });
  }

  set(values: Float32Array, label: string): void {
    this.canvas.setAttribute('aria-label', label);
    if (values.length === this.wanted.length && values.every((value, index) => Object.is(value, this.wanted[index]))) return;
    this.stop();
    const from = this.shown;
    this.wanted = values.slice();
    this.stop = animate(320, (progress) => {
      this.shown = this.wanted.map((value, index) => (from[index] ?? 0) + (value - (from[index] ?? 0)) * progress);
      this.redraw();
    });
  }

  private draw(context: CanvasRenderingContext2D, width: number, height: number, colours: Theme): void {
    const gap = width / this.shown.length > 8 ? 2 : 1;
    const cell = (width + gap) / this.shown.length;
    this.shown.forEach((value, index) => {
      context.fillStyle = css(heat(value, this.scale, colours[this.hue], colours));
      context.fillRect(index * cell, 0, cell - gap, height);
    });
  }
}

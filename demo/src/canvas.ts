/** Canvases that stay sharp at any size and follow the page's colours. */

export type Rgb = readonly [number, number, number];

export interface Theme {
  readonly card: Rgb;
  readonly ink: Rgb;
  readonly muted: Rgb;
  readonly line: Rgb;
  readonly watched: Rgb;
  readonly impression: Rgb;
}

function colour(style: CSSStyleDeclaration, name: string): Rgb {
  const hex = Number.parseInt(style.getPropertyValue(name).trim().slice(1), 16);
  return [hex >> 16, (hex >> 8) & 255, hex & 255];
}

function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  return {
    card: colour(style, '--card'), ink: colour(style, '--ink'), muted: colour(style, '--muted'), line: colour(style, '--line'),
    watched: colour(style, '--watched'), impression: colour(style, '--impression'),
  };
}

const dark = matchMedia('(prefers-color-scheme: dark)');
let theme: Theme | undefined;
const redraws = new Set<() => void>();
dark.addEventListener('change', () => {
  theme = undefined;
  for (const redraw of redraws) redraw();
});

export const currentTheme = (): Theme => (theme ??= readTheme());

export const mix = (from: Rgb, to: Rgb, share: number): Rgb => {
  const part = Math.min(1, Math.max(0, share));
  return [0, 1, 2].map((index) => Math.round(from[index]! + (to[index]! - from[index]!) * part)) as unknown as Rgb;
};

export const css = (rgb: Rgb, alpha = 1): string => `rgb(${rgb[0]} ${rgb[1]} ${rgb[2]} / ${alpha})`;

/** The colour of a value in a heat strip: above 0 towards `hue`, below towards ink; `scale` is full strength. */
export function heat(value: number, scale: number, hue: Rgb, colours: Theme): Rgb {
  const strength = Math.min(1, Math.abs(value) / scale) ** 0.8;
  return value >= 0 ? mix(colours.card, hue, 0.06 + 0.94 * strength) : mix(colours.card, colours.ink, 0.04 + 0.78 * strength);
}

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number, colours: Theme) => void;

/** Calls `draw` in CSS pixels whenever size, pixel density or colours change; the answer draws again on demand. */
export function surface(canvas: HTMLCanvasElement, draw: Draw): () => void {
  const context = canvas.getContext('2d')!;
  const redraw = () => {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0 || height === 0) return;
    const density = window.devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * density), Math.round(height * density)];
    if (canvas.width !== wide || canvas.height !== high) [canvas.width, canvas.height] = [wide, high];
    context.setTransform(density, 0, 0, density, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height, currentTheme());
  };
  redraws.add(redraw);
  const observer = new ResizeObserver(() => {
    // A canvas that has left the page is forgotten: rankings make new ones all the time.
    if (canvas.isConnected) return redraw();
    observer.disconnect();
    redraws.delete(redraw);
  });
  observer.observe(canvas);
  return redraw;
}

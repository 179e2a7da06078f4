/** The shared table, all of it: a column of cells for each row of the table, wrapped into lines like text. */
import { css, heat, mix, surface, type Rgb, type Theme } from './canvas.js';
import { ColumnLabel } from './column_label.js';
import { animate } from './motion.js';
import { hoverable } from './tooltip.js';

const COLUMN = 2; // pixels a film at least
const RADIUS = 3.5;

export interface TableViewOptions {
  readonly canvas: HTMLCanvasElement;
  readonly table: Float32Array;
  readonly dimension: number;
  readonly scale: number;
  readonly describe: (row: number) => string;
  readonly chosen: (row: number) => void;
}

interface Layout {
  readonly perLine: number;
  readonly column: number;
  readonly cell: number;
  /** Pixels above and below a line, for the pins. */
  readonly pin: number;
  readonly line: number;
}

export class TableView {
  private readonly rows: number;
  private readonly redraw: () => void;
  private readonly label: ColumnLabel;
  private watched: ReadonlySet<number> = new Set();
  private impressions: ReadonlySet<number> = new Set();
  private fresh: ReadonlySet<number> = new Set();
  private progress = 1;
  private hovered: number | undefined;
  private image: { readonly colours: Theme; readonly canvas: HTMLCanvasElement } | undefined;
  private stop: () => void = () => {};

  constructor(private readonly options: TableViewOptions) {
    const { canvas, table, dimension, describe, chosen } = options;
    this.rows = table.length / dimension;
    this.redraw = surface(canvas, (context, width, _, colours) => this.draw(context, width, colours));
    this.label = new ColumnLabel({ canvas, describe, isWatched: (row) => this.watched.has(row), pressed: chosen, changed: this.redraw });
    // In a frame of its own: to change a height while sizes are being told is an error of the page's in some browsers.
    new ResizeObserver(() => requestAnimationFrame(() => this.fit())).observe(canvas.parentElement!);
    this.fit();
    hoverable({
      canvas, describe, chosen,
      find: (x, y) => this.rowAt(x, y),
      hovered: (row) => this.point(row),
      touched: (row, x, y) => this.label.show(row, x, y),
    });
  }

  /** Lights the rows that each feature reads; rows newly lit grow their pins. */
  light(watched: ReadonlySet<number>, impressions: ReadonlySet<number>): void {
    this.fresh = new Set([...watched, ...impressions].filter((row) => !this.watched.has(row) && !this.impressions.has(row)));
    [this.watched, this.impressions] = [watched, impressions];
    this.label.update();
    this.stop();
    this.stop = animate(420, (progress) => {
      this.progress = progress;
      this.redraw();
    });
  }

  /** Shows a row that is pointed at elsewhere on the page. */
  point(row: number | undefined): void {
    if (row === this.hovered) return;
    this.hovered = row;
    this.redraw();
  }

  private layout(width: number): Layout {
    const lines = Math.ceil((this.rows * COLUMN) / width);
    const perLine = Math.ceil(this.rows / lines);
    const [cell, pin] = width > 700 ? [4, 18] : [2, 14];
    return { perLine, column: width / perLine, cell, pin, line: this.options.dimension * cell + 2 * pin };
  }

  private fit(): void {
    const { canvas } = this.options;
    const width = canvas.clientWidth;
    if (width === 0) return;
    this.label.show(undefined);
    const { perLine, line } = this.layout(width);
    canvas.style.height = `${Math.ceil(this.rows / perLine) * line}px`;
  }

  private rowAt(x: number, y: number): number | undefined {
    const { perLine, column, line } = this.layout(this.options.canvas.clientWidth);
    const first = Math.floor(y / line) * perLine;
    const exact = first + Math.floor(x / column);
    // A pin is easier to hit than a column of two pixels.
    const near = [...this.watched, ...this.impressions].filter((row) => row >= first && row < first + perLine && Math.abs((row - first + 0.5) * column - x) < 5);
    near.sort((one, other) => Math.abs(one - exact) - Math.abs(other - exact));
    const row = near[0] ?? exact;
    return row >= 0 && row < this.rows && exact >= first && exact < first + perLine ? row : undefined;
  }

  /** Every value in grey, one pixel each: made once for each set of colours. */
  private greys(colours: Theme): HTMLCanvasElement {
    if (this.image?.colours === colours) return this.image.canvas;
    const { table, dimension, scale } = this.options;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [this.rows, dimension];
    const context = canvas.getContext('2d')!;
    const image = context.createImageData(this.rows, dimension);
    table.forEach((value, index) => {
      const share = Math.min(1, Math.max(0, 0.5 + (0.5 * value) / scale));
      const shade = mix(colours.card, colours.ink, 0.03 + 0.3 * share ** 1.6);
      image.data.set([...shade, 255], 4 * ((index % dimension) * this.rows + Math.floor(index / dimension)));
    });
    context.putImageData(image, 0, 0);
    this.image = { colours, canvas };
    return canvas;
  }

  private draw(context: CanvasRenderingContext2D, width: number, colours: Theme): void {
    const { dimension } = this.options;
    const layout = this.layout(width);
    const greys = this.greys(colours);
    context.imageSmoothingEnabled = false;
    for (let first = 0, top = layout.pin; first < this.rows; first += layout.perLine, top += layout.line) {
      const films = Math.min(layout.perLine, this.rows - first);
      context.fillStyle = css(colours.muted, 0.8);
      context.font = '10px ui-monospace, Menlo, Consolas, monospace';
      if (![...this.watched].some((row) => row >= first && (row - first) * layout.column < 36)) context.fillText(first.toLocaleString('en'), 0, top - 5);
      context.drawImage(greys, first, 0, films, dimension, 0, top, films * layout.column, dimension * layout.cell);
    }
    const lit = new Set([...this.watched, ...this.impressions]);
    context.fillStyle = css(colours.card);
    for (const row of lit) {
      const { left, top, wide, high } = this.place(row, layout);
      context.fillRect(left - 1.5, top - 2, wide + 3, high + 4);
    }
    for (const row of lit) {
      const hues = [...(this.watched.has(row) ? [colours.watched] : []), ...(this.impressions.has(row) ? [colours.impression] : [])];
      this.row(context, row, layout, hues, colours, this.fresh.has(row) ? this.progress : 1);
    }
    for (const row of [this.hovered, this.label.row]) if (row !== undefined) this.frame(context, row, layout, colours);
  }

  /** A frame round the row that is pointed at. */
  private frame(context: CanvasRenderingContext2D, row: number, layout: Layout, colours: Theme): void {
    const { left, top, wide, high } = this.place(row, layout);
    context.strokeStyle = css(colours.ink);
    context.lineWidth = 1.5;
    context.strokeRect(left - 2.5, top - 2.5, wide + 5, high + 5);
  }

  private place(row: number, { perLine, column, cell, pin, line }: Layout) {
    const both = this.watched.has(row) && this.impressions.has(row);
    const wide = Math.max(6, column + 3) * (both ? 1.6 : 1);
    const x = ((row % perLine) + 0.5) * column;
    return { x, left: x - wide / 2, top: Math.floor(row / perLine) * line + pin, wide, high: this.options.dimension * cell };
  }

  /** One row in colour; in both colours, side by side, where both features read it. */
  private row(context: CanvasRenderingContext2D, row: number, layout: Layout, hues: readonly Rgb[], colours: Theme, grown: number): void {
    const { table, dimension, scale } = this.options;
    const { x, left, top, wide, high } = this.place(row, layout);
    const { cell } = layout;
    for (let index = 0; index < dimension; ++index) {
      hues.forEach((hue, part) => {
        context.fillStyle = css(heat(table[row * dimension + index]!, scale, hue, colours));
        context.fillRect(left + (part * wide) / hues.length, top + index * cell, wide / hues.length, cell);
      });
    }
    const pin = (hue: Rgb, from: number, direction: number) => {
      const reach = direction * (layout.pin - RADIUS - 2) * grown;
      context.strokeStyle = context.fillStyle = css(hue);
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x, from);
      context.lineTo(x, from + reach);
      context.stroke();
      context.beginPath();
      context.arc(x, from + reach, RADIUS * grown, 0, 2 * Math.PI);
      context.fill();
    };
    if (hues.includes(colours.watched)) pin(colours.watched, top - 1, -1);
    if (hues.includes(colours.impression)) pin(colours.impression, top + high + 1, 1);
  }
}

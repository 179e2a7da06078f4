/** The table as a map: every film a point, the best known ones as place names, the viewer as a star. */
import { css, surface, type Theme } from './canvas.js';
import { Projection } from './geometry.js';
import { animate } from './motion.js';
import { hoverable } from './tooltip.js';

type Point = readonly [x: number, y: number];

export interface MapOptions {
  readonly canvas: HTMLCanvasElement;
  readonly table: Float32Array;
  readonly dimension: number;
  readonly titles: readonly string[];
  readonly chosen: (row: number) => void;
}

export interface Marked {
  readonly watched: ReadonlySet<number>;
  readonly impressions: ReadonlySet<number>;
  /** The mean of the watched rows; undefined while nothing is watched. */
  readonly pooled: Float32Array | undefined;
  /** The film whose neighbours are listed, and these neighbours. */
  readonly focus: number | undefined;
  readonly neighbours: readonly number[];
}

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const MARGIN = 26;
const REACH = 14; // pixels from a point that still hit it

/** Place names: without the year, and not too long. */
const shortName = (title: string): string => {
  const name = title.replace(/ \(\d{4}\)$/, '');
  return name.length > 26 ? `${name.slice(0, 25).trimEnd()}…` : name;
};

export class FilmMap {
  private readonly projection: Projection;
  private readonly points: Float32Array;
  private readonly bounds: readonly [left: number, top: number, right: number, bottom: number];
  private readonly redraw: () => void;
  private marked: Marked = { watched: new Set(), impressions: new Set(), pooled: undefined, focus: undefined, neighbours: [] };
  private star: Point | undefined;
  private hovered: number | undefined;
  private stop: () => void = () => {};
  private labels: Box[] = [];
  private readonly named = new Set<number>();

  constructor(private readonly options: MapOptions) {
    this.projection = new Projection(options.table, options.dimension);
    this.points = this.projection.placeAll(options.table);
    const [xs, ys] = [0, 1].map((axis) => this.points.filter((_, index) => index % 2 === axis).sort());
    this.bounds = [xs![0]!, ys![0]!, xs!.at(-1)!, ys!.at(-1)!];
    this.redraw = surface(options.canvas, (context, width, height, colours) => this.draw(context, width, height, colours));
    hoverable({
      canvas: options.canvas,
      find: (x, y) => this.filmAt(x, y),
      describe: (row) => options.titles[row]!,
      hovered: (row) => this.point(row),
      chosen: options.chosen,
    });
  }

  mark(marked: Marked): void {
    this.marked = marked;
    const target = marked.pooled && this.projection.place(marked.pooled);
    const from = this.star ?? target;
    this.stop();
    if (target === undefined || from === undefined) {
      this.star = undefined;
      return this.redraw();
    }
    this.stop = animate(500, (progress) => {
      this.star = [from[0] + (target[0] - from[0]) * progress, from[1] + (target[1] - from[1]) * progress];
      this.redraw();
    });
  }

  /** Names a film that is pointed at elsewhere on the page. */
  point(row: number | undefined): void {
    if (row === this.hovered) return;
    this.hovered = row;
    this.redraw();
  }

  private at([x, y]: Point, width: number, height: number): Point {
    const [left, top, right, bottom] = this.bounds;
    return [MARGIN + ((x - left) / (right - left)) * (width - 2 * MARGIN), MARGIN + ((y - top) / (bottom - top)) * (height - 2 * MARGIN)];
  }

  private position(row: number, width: number, height: number): Point {
    return this.at([this.points[2 * row]!, this.points[2 * row + 1]!], width, height);
  }

  private filmAt(x: number, y: number): number | undefined {
    const { clientWidth: width, clientHeight: height } = this.options.canvas;
    const { watched, impressions } = this.marked;
    let best: number | undefined;
    let least = REACH;
    for (let row = 0; row < this.options.titles.length; ++row) {
      const [left, top] = this.position(row, width, height);
      const distance = Math.hypot(left - x, top - y) - (watched.has(row) || impressions.has(row) ? 4 : 0);
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  private draw(context: CanvasRenderingContext2D, width: number, height: number, colours: Theme): void {
    const { watched, impressions, focus, neighbours } = this.marked;
    const { titles } = this.options;
    this.labels = [];
    this.named.clear();
    context.fillStyle = css(colours.ink, 0.26);
    for (let row = 0; row < titles.length; ++row) this.dot(context, this.position(row, width, height), row < 200 ? 2 : 1.4);

    const star = this.star && this.at(this.star, width, height);
    const centre = focus === undefined ? star : this.position(focus, width, height);
    if (star !== undefined) this.rays(context, star, [...watched].map((row) => this.position(row, width, height)), css(colours.watched, 0.4));
    if (centre !== undefined) {
      context.setLineDash([2, 3]);
      this.rays(context, centre, neighbours.map((row) => this.position(row, width, height)), css(colours.ink, 0.3));
      context.setLineDash([]);
    }
    context.fillStyle = css(colours.ink, 0.75);
    for (const row of neighbours) this.dot(context, this.position(row, width, height), 3);
    for (const [rows, hue] of [[impressions, colours.impression], [watched, colours.watched]] as const) {
      for (const row of rows) {
        context.fillStyle = css(hue);
        // A film that is both: a ring of the one round a dot of the other.
        this.dot(context, this.position(row, width, height), hue === colours.impression ? (watched.has(row) ? 7.5 : 5) : 5);
      }
    }
    if (star !== undefined) this.drawStar(context, star, colours);

    // No name over a dot that counts.
    for (const row of [...watched, ...impressions]) {
      const [x, y] = this.position(row, width, height);
      this.labels.push({ left: x - 5, top: y - 5, right: x + 5, bottom: y + 5 });
    }
    context.font = '600 12px system-ui, sans-serif';
    if (this.hovered !== undefined) {
      context.strokeStyle = css(colours.ink);
      context.lineWidth = 1.5;
      context.beginPath();
      context.arc(...this.position(this.hovered, width, height), 8.5, 0, 2 * Math.PI);
      context.stroke();
    }
    for (const row of new Set([this.hovered, focus].filter((each) => each !== undefined))) this.label(context, row, width, height, css(colours.ink), colours, true);
    for (const row of watched) this.label(context, row, width, height, css(colours.watched), colours);
    for (const row of impressions) this.label(context, row, width, height, css(colours.impression), colours);
    context.font = '11px system-ui, sans-serif';
    for (const row of neighbours) this.label(context, row, width, height, css(colours.ink, 0.85), colours);
    const places = Math.min(titles.length, Math.round((width * height) / 2600));
    for (let row = 0; row < places; ++row) this.label(context, row, width, height, css(colours.muted, 0.62), colours);
  }

  private dot(context: CanvasRenderingContext2D, [x, y]: Point, radius: number): void {
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  }

  private rays(context: CanvasRenderingContext2D, from: Point, to: readonly Point[], style: string): void {
    context.strokeStyle = style;
    context.lineWidth = 1;
    context.beginPath();
    for (const point of to) {
      context.moveTo(...from);
      context.lineTo(...point);
    }
    context.stroke();
  }

  private drawStar(context: CanvasRenderingContext2D, [x, y]: Point, colours: Theme): void {
    context.beginPath();
    for (let corner = 0; corner < 10; ++corner) {
      const radius = corner % 2 === 0 ? 11 : 4.6;
      const angle = (Math.PI * corner) / 5 - Math.PI / 2;
      context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
    }
    context.closePath();
    context.fillStyle = css(colours.watched);
    context.strokeStyle = css(colours.card);
    context.lineWidth = 2.5;
    context.lineJoin = 'round';
    context.stroke();
    context.fill();
    this.labels.push({ left: x - 11, top: y - 11, right: x + 11, bottom: y + 11 });
  }

  /** Writes a film's name beside its point, unless that would cover another name. */
  private label(context: CanvasRenderingContext2D, row: number, width: number, height: number, style: string, colours: Theme, always = false): void {
    if (this.named.has(row)) return;
    const [x, y] = this.position(row, width, height);
    const name = shortName(this.options.titles[row]!);
    const long = context.measureText(name).width;
    const boxAt = (left: number, middle: number) => ({ left: left - 3, top: middle - 7, right: left + long + 3, bottom: middle + 7 });
    const boxes = [boxAt(x + 9, y), boxAt(x - 9 - long, y), boxAt(x - long / 2, y - 16), boxAt(x - long / 2, y + 16)]
      .filter((box) => box.left >= 2 && box.right <= width - 2 && box.top >= 0 && box.bottom <= height);
    const covers = (box: Box) => this.labels.some((other) => box.left < other.right && box.right > other.left && box.top < other.bottom && box.bottom > other.top);
    const box = boxes.find((each) => !covers(each)) ?? (always ? boxes[0] : undefined);
    if (box === undefined) return;
    this.labels.push(box);
    this.named.add(row);
    const [left, middle] = [box.left + 3, (box.top + box.bottom) / 2];
    context.textBaseline = 'middle';
    context.lineWidth = 3;
    context.lineJoin = 'round';
    context.strokeStyle = css(colours.card, 0.9);
    context.strokeText(name, left, middle);
    context.fillStyle = style;
    context.fillText(name, left, middle);
  }
}

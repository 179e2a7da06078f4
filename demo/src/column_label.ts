/** The film whose column a finger has touched, with a button: columns are narrower than fingers, so one sees first what would be added. */
import { element, setText } from './dom.js';

const GAP = 18; // between the finger and the label

export interface ColumnLabelOptions {
  readonly canvas: HTMLCanvasElement;
  readonly describe: (row: number) => string;
  readonly isWatched: (row: number) => boolean;
  readonly pressed: (row: number) => void;
  /** Another column is labelled, or none. */
  readonly changed: () => void;
}

export class ColumnLabel {
  private readonly text = element('span');
  private readonly button = element('button', { type: 'button', class: 'quiet w' });
  private readonly root = element('div', { class: 'column-label', hidden: true }, this.text, this.button);
  private labelled: number | undefined;

  constructor(private readonly options: ColumnLabelOptions) {
    const { canvas } = options;
    canvas.parentElement!.append(this.root);
    this.button.addEventListener('click', () => this.labelled !== undefined && options.pressed(this.labelled));
    document.addEventListener('pointerdown', ({ target }) => target !== canvas && !this.root.contains(target as Node) && this.show(undefined));
    document.addEventListener('keydown', ({ key }) => key === 'Escape' && this.show(undefined));
  }

  get row(): number | undefined {
    return this.labelled;
  }

  /** Labels a row at this place of the canvas. */
  show(row: number | undefined, x = 0, y = 0): void {
    if (row === undefined && this.labelled === undefined) return;
    this.labelled = row;
    this.root.hidden = row === undefined;
    this.update();
    if (row !== undefined) this.place(x, y);
    this.options.changed();
  }

  /** The session has changed: the button takes out what is watched, and adds what is not. */
  update(): void {
    if (this.labelled === undefined) return;
    setText(this.text, this.options.describe(this.labelled));
    setText(this.button, this.options.isWatched(this.labelled) ? '− watched' : '+ watched');
  }

  private place(x: number, y: number): void {
    const { canvas } = this.options;
    const { offsetWidth: wide, offsetHeight: high, style } = this.root;
    const left = Math.min(canvas.clientWidth - wide, Math.max(0, x - wide / 2));
    const above = y - high - GAP;
    const onScreen = canvas.getBoundingClientRect().top + above > 0;
    style.left = `${canvas.offsetLeft + left}px`;
    style.top = `${canvas.offsetTop + (onScreen ? above : y + GAP)}px`;
  }
}

/** Rows a second and time left, on standard error, and only on a terminal. */
export class Progress {
  private readonly started = performance.now();
  private last = 0;
  private rows = 0;
  private bytes = 0;

  constructor(private readonly enabled: boolean, private readonly size: number | undefined) {}

  add(rows: number, bytes: number): void {
    this.rows += rows;
    this.bytes += bytes;
    const now = performance.now();
    if (!this.enabled || now - this.last < 200) return;
    this.last = now;
    const seconds = (now - this.started) / 1000;
    const left = this.size && this.bytes ? ` · ${Math.ceil((seconds * (this.size - this.bytes)) / this.bytes)} s left` : '';
    process.stderr.write(`\r\x1b[K${this.rows} rows · ${Math.round(this.rows / seconds)} rows/s${left}`);
  }

  end(): void {
    if (this.enabled && this.last > 0) process.stderr.write('\r\x1b[K');
  }
}

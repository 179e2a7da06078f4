/** The table as points: its two main directions, and who is near whom. */

/** The first two principal components of `table` (rows × width): a flat array of x, y for each row. */
export class Projection {
  private readonly mean: Float64Array;
  private readonly axes: readonly Float64Array[];

  constructor(table: Float32Array, private readonly width: number) {
    const rows = table.length / width;
    this.mean = new Float64Array(width);
    for (let index = 0; index < table.length; ++index) this.mean[index % width]! += table[index]! / rows;
    const covariance = Array.from({ length: width }, () => new Float64Array(width));
    for (let row = 0; row < rows; ++row) {
      for (let i = 0; i < width; ++i) {
        const left = table[row * width + i]! - this.mean[i]!;
        for (let j = 0; j <= i; ++j) covariance[i]![j]! += left * (table[row * width + j]! - this.mean[j]!);
      }
    }
    for (let i = 0; i < width; ++i) for (let j = 0; j < i; ++j) covariance[j]![i] = covariance[i]![j]!;
    this.axes = [0, 1].map(() => strongestAxis(covariance));
  }

  /** Where the vector at `at` of `values` comes to lie. */
  place(values: Float32Array, at = 0): [x: number, y: number] {
    return this.axes.map((axis) => axis.reduce((sum, weight, index) => sum + weight * (values[at + index]! - this.mean[index]!), 0)) as [number, number];
  }

  placeAll(table: Float32Array): Float32Array {
    const points = new Float32Array((2 * table.length) / this.width);
    for (let row = 0; row * this.width < table.length; ++row) points.set(this.place(table, row * this.width), 2 * row);
    return points;
  }
}

/** Power iteration; the axis found is taken out of `matrix`, so that the next call finds the next. */
function strongestAxis(matrix: Float64Array[]): Float64Array {
  let axis = new Float64Array(matrix.length).map((_, index) => 1 / (index + 1)); // fixed, so that the map is the same for everyone
  let value = 0;
  for (let round = 0; round < 300; ++round) {
    const next = new Float64Array(matrix.map((line) => line.reduce((sum, entry, index) => sum + entry * axis[index]!, 0)));
    value = Math.hypot(...next);
    if (value === 0) break;
    axis = next.map((entry) => entry / value);
  }
  for (let i = 0; i < matrix.length; ++i) for (let j = 0; j < matrix.length; ++j) matrix[i]![j]! -= value * axis[i]! * axis[j]!;
  return axis;
}

export interface Neighbour {
  readonly row: number;
  readonly cosine: number;
}

/** The `limit` rows of `table` with the highest cosine to `vector`, without those in `except`; none for a zero vector. */
export function nearest(table: Float32Array, vector: Float32Array, except: ReadonlySet<number>, limit: number): Neighbour[] {
  const length = Math.hypot(...vector);
  if (length === 0) return [];
  const found: Neighbour[] = [];
  for (let row = 0; row * vector.length < table.length; ++row) {
    if (except.has(row)) continue;
    let dot = 0;
    let square = 0;
    for (let index = 0; index < vector.length; ++index) {
      const value = table[row * vector.length + index]!;
      dot += value * vector[index]!;
      square += value * value;
    }
    found.push({ row, cosine: square === 0 ? 0 : dot / (Math.sqrt(square) * length) });
  }
  return found.sort((one, other) => other.cosine - one.cosine).slice(0, limit);
}

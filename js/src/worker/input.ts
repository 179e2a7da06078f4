/** What a caller gives a layer, on its way to the worker. */
import { checkBatch, checkRow, checkRows, type FeatureKey } from '../batch/form.js';

/** What it is taken for: features by key, a list of such, or bytes, which are for the worker to read. */
export type Form = 'features' | 'rows' | 'bytes';

/** Of it the tape takes what the layer reads, and nothing else: what stands under other keys may be large, or may not leave this thread. */
export class Input {
  constructor(readonly given: unknown, readonly form: Form, readonly keys: readonly FeatureKey[]) {}

  /** As `transform` takes it. @throws FeatureColumnError `invalid_batch` */
  static batch(batch: unknown, keys: readonly FeatureKey[]): Input {
    checkBatch(batch);
    return new Input(batch, 'features', keys);
  }

  /** As `transformRows` takes them. @throws FeatureColumnError `invalid_row` */
  static rows(rows: unknown, keys: readonly FeatureKey[]): Input {
    checkRows(rows);
    return new Input(rows, 'rows', keys);
  }

  /** As `transformExamples` and `transformNdjson` take them. */
  static bytes(bytes: unknown): Input {
    return new Input(bytes, 'bytes', []);
  }

  /** As `explain` takes it: a row, or NDJSON. @throws FeatureColumnError `invalid_row` */
  static row(row: unknown, keys: readonly FeatureKey[]): Input {
    if (row instanceof Uint8Array) return Input.bytes(row);
    checkRow(row, 0);
    return new Input(row, 'features', keys);
  }

  /** As `coverage` takes it. @throws FeatureColumnError `invalid_batch`, `invalid_row` */
  static any(given: unknown, keys: readonly FeatureKey[]): Input {
    if (given instanceof Uint8Array) return Input.bytes(given);
    return Array.isArray(given) ? Input.rows(given, keys) : Input.batch(given, keys);
  }
}

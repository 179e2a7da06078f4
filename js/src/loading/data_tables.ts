/** Tables of callers' own floats: held once for each array and shape, as long as anybody uses them. */
import type { Handle, NativeModule } from '../runtime/module.js';
import type { CheckShape } from './array_file.js';
import { tableFromData, tableLease } from './memory_table.js';
import { IdentityKeys } from './source_identity.js';
import type { TableLease } from './types.js';

export class DataTables {
  private readonly held = new Map<string, { readonly handle: Handle; users: number }>();
  private readonly identities = new IdentityKeys();

  constructor(private readonly native: NativeModule) {}

  /** @throws FeatureColumnError `invalid_argument`, `shape_mismatch`, `out_of_memory`; those of `check` */
  lease(data: Float32Array, shape: readonly number[], name: string, check: CheckShape): TableLease {
    const { held, native } = this;
    const key = `${typeof data === 'object' && data !== null ? this.identities.of(data) : ''}|${shape.join()}`;
    const table = held.get(key) ?? { handle: tableFromData(native, data, shape[1] as number, name, check), users: 0 };
    held.set(key, table);
    table.users += 1;
    let released = false;
    return tableLease(native, table.handle, () => {
      if (released) return;
      released = true;
      table.users -= 1;
      if (table.users > 0) return;
      held.delete(key);
      native.release(table.handle);
    });
  }
}

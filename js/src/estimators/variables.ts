/** A model's variables among the tensors of its checkpoint, by TensorFlow's names. */
import { FeatureColumnError } from '../errors.js';
import type { TensorInfo } from '../loading/types.js';

/** Every character of a column's name that a variable scope cannot have becomes `_` (spec 2.12). */
export const sanitizeName = (name: string): string => name.replace(/[^A-Za-z0-9_.-]/g, '_');

export class Variables {
  private readonly keys = new Map<string, string>();

  /**
   * @param url for messages
   * @param tensors the checkpoint's tensors by key
   * @param names keys by variables' names, of an object-based checkpoint
   */
  constructor(
    readonly url: string,
    private readonly tensors: ReadonlyMap<string, TensorInfo>,
    names: ReadonlyMap<string, string>,
  ) {
    for (const [name, key] of names) this.keys.set(name, key);
    for (const key of tensors.keys()) this.keys.set(key, key);
  }

  has(name: string): boolean {
    return this.keys.has(name);
  }

  names(): string[] {
    return [...this.keys.keys()];
  }

  /** @throws FeatureColumnError `tensor_not_found` with names that are like it */
  shape(name: string): readonly number[] {
    const shape = this.tensors.get(this.keys.get(name) ?? '')?.shape;
    if (shape === undefined) throw this.notFound([name], undefined);
    return shape;
  }

  /**
   * The one name among `names` that there is. A variable whose name differs from an earlier one's only in case has `_1`,
   * `_2`, … at its end: TensorFlow's graphs tell operations apart without regard to case.
   */
  oneOf(names: readonly string[], column: string | undefined): string | undefined {
    const found = new Set<string>();
    for (const name of names) {
      if (this.has(name)) found.add(name);
      else for (const other of this.renamed(name)) found.add(other);
    }
    return this.onlyOne([...found], column);
  }

  /** @throws FeatureColumnError `tensor_not_found` */
  require(names: readonly string[], column: string | undefined): string {
    const name = this.oneOf(names, column);
    if (name === undefined) throw this.notFound(names, column);
    return name;
  }

  /** The one name that begins with `scope` and ends, at a `/`, with one of `endings`. */
  under(scope: string, endings: readonly string[], column: string): string | undefined {
    return this.onlyOne(
      this.names().filter((name) => name.startsWith(scope) && endings.some((ending) => name.endsWith(`/${ending}`))),
      column,
    );
  }

  notFound(names: readonly string[], column: string | undefined): FeatureColumnError {
    const leaf = (names[0] as string).split('/').slice(-2).join('/');
    const like = this.names().filter((name) => name.endsWith(leaf) || name.split('/').length > 1 && leaf.startsWith(name.split('/').slice(-2, -1)[0] as string));
    const hint = like.length > 0 ? like : this.names();
    return new FeatureColumnError(
      'tensor_not_found',
      `Tensor ${names.join(' or ')} is not found in ${this.url} checkpoint${column === undefined ? '' : `, which the column "${column}" needs`}. It has ${hint.slice(0, 12).join(', ')}${hint.length > 12 ? `, … (${hint.length})` : ''}`,
      column === undefined ? { value: names[0] as string } : { column, value: names[0] as string },
    );
  }

  private renamed(name: string): string[] {
    const leaf = name.slice(name.lastIndexOf('/') + 1);
    if (leaf !== 'weights' && leaf !== 'embedding_weights') return [];
    return this.names().filter((other) => other.startsWith(`${name}_`) && /^\d+$/.test(other.slice(name.length + 1)));
  }

  private onlyOne(found: readonly string[], column: string | undefined): string | undefined {
    if (found.length <= 1) return found[0];
    throw new FeatureColumnError(
      'tensor_not_found',
      `${this.url} has several tensors that may be ${column === undefined ? 'meant' : `the weights of column "${column}"`}: ${found.join(', ')}. Say which with ckptToLoadFrom and tensorNameInCkpt in a layer of its own`,
      column === undefined ? {} : { column },
    );
  }
}

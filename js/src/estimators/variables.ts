/** A model's variables among the tensors of its checkpoint, by TensorFlow's names. */
import { FeatureColumnError } from '../errors.js';
import type { TensorInfo } from '../loading/types.js';

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

  ambiguous(found: readonly string[], column: string): FeatureColumnError {
    return new FeatureColumnError(
      'tensor_not_found',
      `${this.url} has several tensors that may be the weights of column "${column}": ${found.join(', ')}. Say which with ckptToLoadFrom and tensorNameInCkpt in a layer of its own`,
      { column },
    );
  }
}

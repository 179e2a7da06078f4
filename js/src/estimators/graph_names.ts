/** How TensorFlow tells names apart while it builds a graph. Names of variables in a checkpoint follow from it. */

/** Names of operations, and of the name scopes that are opened: without regard to case, `a`, `A_1`, `a_2`. TensorFlow: tf.Graph.unique_name. */
export class GraphNames {
  private readonly used = new Map<string, number>();

  unique(name: string): string {
    const key = name.toLowerCase();
    let next = this.used.get(key) ?? 0;
    this.used.set(key, next + 1);
    if (next === 0) return name;
    let composed = key;
    while (this.used.has(composed)) composed = `${key}_${next++}`;
    this.used.set(composed, 1);
    return `${name}_${next - 1}`;
  }
}

/** Variable scopes that are opened by a default name: `a`, `a_1`, and `A` is another. TensorFlow: tf.compat.v1.variable_scope(None, default_name). */
export class VariableScopes {
  private readonly opened = new Set<string>();

  /** Opens a scope inside another and closes it again, which forgets the scopes inside it. */
  open(outer: string, name: string): string {
    const inside = outer === '' ? name : `${outer}/${name}`;
    let scope = inside;
    for (let i = 1; this.opened.has(scope); ++i) scope = `${inside}_${i}`;
    for (const other of this.opened) if (other.startsWith(`${scope}/`)) this.opened.delete(other);
    this.opened.add(scope);
    return scope;
  }
}

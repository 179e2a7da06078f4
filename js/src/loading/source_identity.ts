/** Which sources that are no names are the same. */

/** Keys for things that are the same only if they are the same object. */
export class IdentityKeys {
  private readonly numbers = new WeakMap<object, number>();
  private next = 1;

  of(object: object): string {
    let number = this.numbers.get(object);
    if (number === undefined) this.numbers.set(object, (number = this.next++));
    return `#${number}`;
  }
}

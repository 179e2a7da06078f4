/** Lets `using` dispose an object, where the engine (or a polyfill) knows `Symbol.dispose`; does nothing where it does not. */
export function makeDisposable(object: { dispose(): void }): void {
  const symbol = (Symbol as { dispose?: symbol }).dispose;
  if (symbol) Object.defineProperty(object, symbol, { value: () => object.dispose(), configurable: true });
}

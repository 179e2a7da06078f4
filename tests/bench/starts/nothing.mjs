// The same without a library: what navigation and a script of a line cost, of all of which there is no less.
export async function start() {}

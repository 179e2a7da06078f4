/** Outputs that cannot be written: of no row, so that no --on-error goes on after them. */

/** The reader of an output has enough (`| head`): the command ends quietly. */
export class ClosedPipe extends Error {}

/** With a code, as errors of the data and of the system have one: it is told without a stack. */
export class OutputError extends Error {
  readonly code = 'output';
}

/** What `write` gives; what the system says against it is told of the output. */
export async function writing<T>(output: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (!(cause instanceof Error) || !('syscall' in cause)) throw cause;
    if ('code' in cause && cause.code === 'EPIPE') throw new ClosedPipe();
    throw new OutputError(`${output} cannot be written: ${cause.message}`, { cause });
  }
}

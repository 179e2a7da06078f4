/** Standard output, at the speed of its reader. When it takes no more, the command ends. */
import { once } from 'node:events';
import { ClosedPipe } from './output_error.js';
import { removeUnfinished } from './unfinished_files.js';

/** That a write has failed is told by an event, whoever wrote: one place for all commands. */
export function endWithStandardOutput(): void {
  process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
    removeUnfinished();
    if (code === 'EPIPE') process.exit(0);
    process.stderr.write(`feature-columns: standard output cannot be written: ${message}\n`);
    process.exit(1);
  });
  process.stderr.on('error', () => {}); // then the exit code tells
}

export async function writeStandard(chunk: string | Uint8Array): Promise<void> {
  if (process.stdout.destroyed || process.stdout.errored) throw new ClosedPipe(); // the event ends the process
  if (!process.stdout.write(chunk)) await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
}

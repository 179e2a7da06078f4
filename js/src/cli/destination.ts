/** Where a command writes: standard output, or a file that appears only when it is whole. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { unlinkSync, createReadStream } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Standard output was closed by its reader (`| head`): the command ends quietly. */
export class ClosedPipe extends Error {}

// Files that are not whole yet; removed when the process is interrupted.
const unfinished = new Set<string>();

export function removeUnfinished(): void {
  for (const file of unfinished) {
    try {
      unlinkSync(file);
    } catch {
      // already gone
    }
  }
  unfinished.clear();
}

export interface Destination {
  write(chunk: string | Uint8Array): Promise<void>;
  /** Replaces bytes from the start: the header of a .npy file, whose number of rows is known at the end. */
  rewriteStart(chunk: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

export class FileDestination implements Destination {
  /** `temporary`: the name until it is whole. */
  private constructor(private readonly handle: FileHandle, readonly temporary: string, private readonly target: string | undefined) {}

  /** `target` undefined: the bytes go to standard output when they are whole. */
  static async open(target: string | undefined): Promise<FileDestination> {
    const name = `.${path.basename(target ?? 'feature-columns')}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`;
    const temporary = path.join(target === undefined ? tmpdir() : path.dirname(path.resolve(target)), name);
    const handle = await open(temporary, 'wx');
    unfinished.add(temporary);
    return new FileDestination(handle, temporary, target);
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    await this.handle.appendFile(chunk);
  }

  async rewriteStart(chunk: Uint8Array): Promise<void> {
    await this.handle.write(chunk, 0, chunk.length, 0);
  }

  /** What was written can be read from `temporary`. */
  async sync(): Promise<void> {
    await this.handle.datasync();
  }

  async finish(): Promise<void> {
    await this.handle.close();
    if (this.target !== undefined) {
      await rename(this.temporary, this.target);
      unfinished.delete(this.temporary);
      return;
    }
    for await (const chunk of createReadStream(this.temporary)) await writeStandard(chunk as Uint8Array);
    await this.discard();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await unlink(this.temporary).catch(() => undefined);
    unfinished.delete(this.temporary);
  }
}

async function writeStandard(chunk: string | Uint8Array): Promise<void> {
  if (process.stdout.destroyed || process.stdout.errored) throw new ClosedPipe();
  if (!process.stdout.write(chunk)) await Promise.race([once(process.stdout, 'drain'), once(process.stdout, 'close')]);
}

const standardOutput: Destination = {
  write: writeStandard,
  async rewriteStart() {
    throw new Error('standard output cannot be rewritten');
  },
  async finish() {},
  async discard() {},
};

/** `-` is standard output. `seekable`: the caller needs rewriteStart, so standard output is filled at the end. */
export async function openDestination(target: string, seekable: boolean): Promise<Destination> {
  if (target === '-') return seekable ? FileDestination.open(undefined) : standardOutput;
  return FileDestination.open(target);
}

/** A file whose content is looked at before it has its name. */
export const openFile = (target: string): Promise<FileDestination> => FileDestination.open(target);

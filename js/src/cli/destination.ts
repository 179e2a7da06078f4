/** Where a command writes: a stream, or a file that appears only when it is whole. */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { OutputError, writing } from './output_error.js';
import { placeOf } from './output_place.js';
import { writeStandard } from './standard_output.js';
import { addUnfinished, forgetUnfinished } from './unfinished_files.js';

export interface Destination {
  write(chunk: string | Uint8Array): Promise<void>;
  /** Replaces bytes from the start: the header of a .npy file, whose number of rows is known at the end. */
  rewriteStart(chunk: Uint8Array): Promise<void>;
  finish(): Promise<void>;
  discard(): Promise<void>;
}

/** Takes bytes one after the other: what is written cannot be taken back. */
const stream = (write: Destination['write'], close: () => Promise<void>): Destination => ({
  write,
  async rewriteStart() {
    throw new Error('a stream cannot be rewritten');
  },
  finish: close,
  discard: () => close().catch(() => undefined),
});

const standardOutput = stream(writeStandard, async () => {});

async function openStream(name: string): Promise<Destination> {
  const what = `the output "${name}"`;
  // Behind what is there already, if it is a file that somebody has opened.
  const handle = await writing(what, () => open(name, constants.O_WRONLY | constants.O_APPEND));
  return stream((chunk) => writing(what, () => handle.appendFile(chunk)), () => writing(what, () => handle.close()));
}

/** Written aside: under a name of its own until it is whole. */
export class FileDestination implements Destination {
  /** `target`: the name that it gets then, or the stream that it goes to. */
  private constructor(private readonly handle: FileHandle, readonly temporary: string, private readonly what: string, private readonly target: string | Destination) {}

  /** @param name what messages call it */
  static async open(name: string, target: string | Destination): Promise<FileDestination> {
    const what = `the output "${name}"`;
    const [folder, base] = typeof target === 'string' ? [path.dirname(target), path.basename(target)] : [tmpdir(), 'feature-columns'];
    const temporary = path.join(folder, `.${base}.${process.pid}-${randomBytes(4).toString('hex')}.tmp`);
    addUnfinished(temporary);
    try {
      return new FileDestination(await writing(what, () => open(temporary, 'wx+')), temporary, what, target);
    } catch (error) {
      forgetUnfinished(temporary);
      throw error;
    }
  }

  async write(chunk: string | Uint8Array): Promise<void> {
    await writing(this.what, () => this.handle.appendFile(chunk));
  }

  async rewriteStart(chunk: Uint8Array): Promise<void> {
    await writing(this.what, () => this.handle.write(chunk, 0, chunk.length, 0));
  }

  /** What was written can be read from `temporary`. */
  async sync(): Promise<void> {
    await writing(this.what, () => this.handle.datasync());
  }

  async finish(): Promise<void> {
    const { handle, temporary, target } = this;
    if (typeof target === 'string') {
      await writing(this.what, async () => {
        await handle.close();
        await rename(temporary, target);
      });
      forgetUnfinished(temporary);
      return;
    }
    // It goes while it is read: there is nothing to remove, however long the stream's reader takes.
    await unlink(temporary);
    forgetUnfinished(temporary);
    for await (const chunk of handle.createReadStream({ start: 0 })) await target.write(chunk as Uint8Array);
    await target.finish();
  }

  async discard(): Promise<void> {
    await this.handle.close().catch(() => undefined);
    await unlink(this.temporary).catch(() => undefined);
    forgetUnfinished(this.temporary);
    if (typeof this.target !== 'string') await this.target.discard();
  }
}

/** `-` is standard output. `seekable`: the caller needs rewriteStart, so a stream is filled at the end. */
export async function openDestination(name: string, seekable: boolean): Promise<Destination> {
  const place = name === '-' ? undefined : await placeOf(name);
  if (place && !place.isStream) return FileDestination.open(name, place.file);
  const target = place ? await openStream(name) : standardOutput;
  return seekable ? FileDestination.open(name, target) : target;
}

/** A file whose content is looked at before it has its name. @throws OutputError for what cannot be read back */
export async function openFile(name: string): Promise<FileDestination> {
  const { file, isStream } = await placeOf(name);
  if (isStream) throw new OutputError(`the output "${name}" is a pipe or a device: what is written to it cannot be read back and compared; give the name of a file`);
  return FileDestination.open(name, file);
}

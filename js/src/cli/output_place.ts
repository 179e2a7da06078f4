/** What is at the name of an output: a file that can be put in another's place, or something that takes bytes as they come. */
import { readlink, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { OutputError, writing } from './output_error.js';

export interface OutputPlace {
  /** Without symbolic links: a link stays, and the file that it names is replaced. */
  readonly file: string;
  /** A pipe, a device, or a file that somebody has opened (/dev/stdout): written to, never replaced. */
  readonly isStream: boolean;
}

/** Where systems have the open files of a process by number. */
const OPEN_FILES = /^(\/proc\/\d+(\/task\/\d+)?|\/dev)\/fd$/;
/** As many as Linux follows. */
const MOST_LINKS = 40;

async function followed(name: string): Promise<{ readonly file: string; readonly isOpen: boolean }> {
  let next = name;
  for (let links = 0; ; ++links) {
    const folder = await realpath(path.dirname(next));
    const file = path.join(folder, path.basename(next));
    if (OPEN_FILES.test(folder)) return { file, isOpen: true };
    const link = links < MOST_LINKS ? await readlink(file).catch(() => undefined) : undefined;
    if (link === undefined) return { file, isOpen: false };
    next = path.isAbsolute(link) ? link : `${folder}${path.sep}${link}`; // not joined: .. is relative to what a linked folder is
  }
}

/** @throws OutputError for a directory, and where nothing can be */
export async function placeOf(name: string): Promise<OutputPlace> {
  return writing(`the output "${name}"`, async () => {
    const found = await stat(name).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined; // or it is a link to a file that is not there yet
      throw error;
    });
    if (found?.isDirectory() || name.endsWith('/') || name.endsWith(path.sep)) throw new OutputError(`the output "${name}" is the name of a directory; give that of a file`);
    const { file, isOpen } = await followed(name);
    return { file, isStream: isOpen || (found !== undefined && !found.isFile()) };
  });
}

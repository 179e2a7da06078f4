// The package as it is installed: FCOL_APP is a folder with the packed tarball in node_modules (npm test makes it).
// Without it, the built dist/ of this checkout.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const packageFolder = process.env.FCOL_APP ? path.join(process.env.FCOL_APP, 'node_modules/feature-columns') : root;
export const fc = await import(pathToFileURL(path.join(packageFolder, 'dist/index.js')).href);
/** What `feature-columns verify` runs cases with. */
export const verify = await import(pathToFileURL(path.join(packageFolder, 'dist/verify.js')).href);
/** Runtimes in a thread. */
export const worker = await import(pathToFileURL(path.join(packageFolder, 'dist/worker.js')).href);
export const cli = path.join(packageFolder, 'dist/cli.js');

/** The folder of shared goldens, or undefined where it is not there: then tests that need it are skipped. */
export const shared = [process.env.FCOL_SHARED, path.resolve(root, '../shared')].find((folder) => folder && existsSync(path.join(folder, 'golden')));
export const noShared = shared ? false : 'the shared goldens are not beside this checkout (FCOL_SHARED)';

// node node.mjs <module> [folder]: milliseconds from the process's first line to the first vector that the module makes.
import { pathToFileURL } from 'node:url';

const begin = performance.now();
const [, , module, folder] = process.argv;
const { start } = await import(pathToFileURL(module));
await start(() => {}, folder);
process.stdout.write(String(performance.now() - begin), () => process.exit(0));

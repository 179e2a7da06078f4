/** The parts of a file's name, and the names beside it. */
import { isFileUrl, isUrl, type Location } from './location.js';

/** `model.ckpt` → `model.ckpt.index`; a query (`?token=…`) stays at the end. */
export function withSuffix(location: Location, suffix: string): Location {
  const end = isUrl(location) && !isFileUrl(location) ? location.search(/[?#]/) : -1;
  return end < 0 ? location + suffix : location.slice(0, end) + suffix + location.slice(end);
}

export const withoutSuffix = (location: Location, suffix: string): Location => {
  const end = isUrl(location) && !isFileUrl(location) ? location.search(/[?#]/) : -1;
  const path = end < 0 ? location : location.slice(0, end);
  return path.endsWith(suffix) ? path.slice(0, -suffix.length) + (end < 0 ? '' : location.slice(end)) : location;
};

export const isDirectory = (location: Location): boolean => withoutSuffix(location, '/') !== location;

/** A file inside a directory, with or without the slash at the directory's end. */
export const inDirectory = (directory: Location, file: string): Location =>
  withSuffix(withoutSuffix(directory, '/'), `/${isUrl(directory) ? file.split('/').map(encodeURIComponent).join('/') : file}`);

/** A URL without its query: what its ending tells of. */
export const pathOf = (location: Location): string => (isFileUrl(location) ? location : location.replace(/[?#].*$/s, ''));

/** The directory of a file, slash included. */
export const directoryOf = (location: Location): Location => {
  const end = isUrl(location) && !isFileUrl(location) ? location.search(/[?#]/) : -1;
  const path = end < 0 ? location : location.slice(0, end);
  return path.slice(0, path.lastIndexOf('/') + 1) + (end < 0 ? '' : location.slice(end));
};

/** The package apache-arrow, which only those who read or write Arrow install. */
import { FeatureColumnError } from 'feature-columns';

export type Arrow = typeof import('apache-arrow');

export async function loadArrow(): Promise<Arrow> {
  try {
    return await import('apache-arrow');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause;
    throw new FeatureColumnError('unsupported', 'Arrow is read and written with the package apache-arrow, which is not installed beside this one: npm install apache-arrow', { cause });
  }
}

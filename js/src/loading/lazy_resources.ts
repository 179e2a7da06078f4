/** What a runtime has loaded, and the code that loads: fetched when the first file or table is asked for. */
import type { NativeModule } from '../runtime/module.js';
import { abortable } from './abort.js';
import { lazy } from './lazy.js';
import type { ResourceOptions, Resources } from './resources.js';

export class LazyResources {
  /** Once they are there. */
  made: Resources | undefined;
  private making: Promise<Resources> | undefined;

  constructor(
    private readonly native: NativeModule,
    private readonly options: ResourceOptions,
  ) {}

  /** @throws FeatureColumnError `network`, after which another call tries again; `aborted` */
  get(signal?: AbortSignal): Promise<Resources> {
    this.making ??= lazy(import('./resources.js')).then(
      ({ createResources }) => (this.made = createResources(this.native, this.options)),
      (error: unknown) => {
        this.making = undefined;
        throw error;
      },
    );
    return abortable(this.making, 'feature-columns', signal);
  }
}

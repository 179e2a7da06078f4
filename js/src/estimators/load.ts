/** Estimators and linear models from their checkpoints. */
import type { Resources } from '../loading/resources.js';
import type { LoadOptions } from '../loading/types.js';
import type { EstimatorRequest, LinearModelRequest, LoadedLayer } from './types.js';

export type LoadEstimator = (resources: Resources, request: EstimatorRequest, options?: LoadOptions) => Promise<LoadedLayer>;
export type LoadLinearModel = (resources: Resources, request: LinearModelRequest, options?: LoadOptions) => Promise<LoadedLayer>;

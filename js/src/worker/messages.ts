/** What a page and its worker say to each other. */
import type { ErrorCode } from '../errors.js';
import type { ColumnSlice } from '../layers/core_layer.js';
import type { LayerName } from '../spec/layer_arguments.js';
import type { Progress } from '../loading/types.js';
import type { Tape } from './tape.js';

/** What a page knows of a layer that lives in the worker. */
export interface LayerDescription {
  readonly layer: number;
  readonly kind: LayerName;
  readonly columns?: readonly ColumnSlice[];
  readonly width?: number;
  readonly units?: number;
  /** The keys of what it reads in a batch. */
  readonly inputs: readonly string[];
}

/** A request of `fetch` that the page's own function is to make. */
export interface FetchRequest {
  readonly url: string;
  readonly init: RequestInit;
}
export interface FetchResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ReadableStream<Uint8Array> | ArrayBuffer | null;
}

/** To the worker. `id`: of the call, or of the fetch that is answered. */
export type ToWorker =
  | { readonly type: 'start'; readonly id: number; readonly external: boolean; readonly hasFetch: boolean; readonly options: Tape }
  | { readonly type: 'call'; readonly id: number; readonly layer: number | undefined; readonly method: string; readonly args: Tape; readonly aborts: boolean; readonly tells: boolean }
  | { readonly type: 'abort'; readonly id: number; readonly reason: unknown }
  | { readonly type: 'fetched'; readonly id: number; readonly response?: FetchResponse; readonly error?: PlainError }
  | { readonly type: 'dispose'; readonly layer: number | undefined };

/** From the worker. */
export type FromWorker =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown; readonly described?: LayerDescription | undefined }
  | { readonly type: 'failure'; readonly id: number; readonly error: PlainError }
  | { readonly type: 'progress'; readonly id: number; readonly progress: Progress }
  | { readonly type: 'fetch'; readonly id: number; readonly request: FetchRequest }
  | { readonly type: 'abort fetch'; readonly id: number }
  /** A message has come that cannot be read, whose is not known; or the like. */
  | { readonly type: 'broken'; readonly id: 0; readonly reason: string };

/** An error as it travels: classes and their fields are lost by structured cloning. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly code?: ErrorCode;
  readonly column?: string;
  readonly row?: number;
  readonly value?: unknown;
  readonly cause?: PlainError;
}

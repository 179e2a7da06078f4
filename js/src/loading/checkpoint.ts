/** TensorFlow checkpoints: which file a name means, the index, and tensors as tables. */
import { FeatureColumnError } from '../errors.js';
import { allocate, checked, nativeError, type Address, type Handle, type NativeModule } from '../runtime/module.js';
import { abortable, throwIfAborted } from './abort.js';
import { modelCheckpointPath } from './checkpoint_state.js';
import type { Loader } from './loader.js';
import { directoryOf, inDirectory, isDirectory, withoutSuffix, withSuffix } from './file_names.js';
import { isFileUrl, isUrl, nodeModule, type Location } from './location.js';
import { ArraySink } from './byte_sink.js';
import { Expected } from './expected.js';
import type { RunReceiver } from './runs.js';
import { Shard } from './shard.js';
import type { LoadOptions, TensorInfo, TensorPiece } from './types.js';

const BYTES: Readonly<Record<string, number>> = { double: 8, int64: 8, uint64: 8, complex64: 8, complex128: 16, float: 4, int32: 4, uint32: 4, half: 2, bfloat16: 2, int16: 2, uint16: 2 };
/** Where a SavedModel keeps its variables. */
const SAVED_MODEL_PREFIX = 'variables/variables';

/** TensorReader::kMostAtOnce: so much is still in the processor's cache when its checksum is computed. */
const AT_ONCE = 128 * 1024;

/** The tensor by which checkpoints of tf.train.Checkpoint and Keras are told. */
const OBJECT_GRAPH = '_CHECKPOINTABLE_OBJECT_GRAPH';

/** An open checkpoint: its index in the module's memory. */
export class Checkpoint {
  /** Tensors by name. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  private readonly shards: readonly Promise<Shard>[];
  private graph: Promise<ReadonlyMap<string, string>> | undefined;
  private readonly expected = new Expected();

  constructor(
    private readonly native: NativeModule,
    loader: Loader,
    readonly handle: Handle,
    /** Its prefix, resolved. */
    readonly location: Location,
    options: LoadOptions,
  ) {
    const { shards, tensors } = JSON.parse(native.checkpointEntries(handle)) as { shards: number; tensors: Record<string, TensorInfo> };
    this.tensors = new Map(Object.entries(tensors));
    let bytes = 0;
    for (const { dtype, shape } of this.tensors.values()) bytes += shape.reduce((product, size) => product * size, BYTES[dtype] ?? 1);
    this.shards = Array.from({ length: shards }, async (_, i) => {
      const number = (value: number) => String(value).padStart(5, '0');
      const name = withSuffix(location, `.data-${number(i)}-of-${number(shards)}`);
      return new Shard(loader, await loader.at(name, name, options), bytes / shards, this.expected);
    });
  }

  /**
   * The key of a tensor: its name, or, in a checkpoint of tf.train.Checkpoint, Keras or a SavedModel, the variable's
   * name (`full_name` of the object graph). The name itself where neither is there.
   */
  async keyOf(name: string, options: LoadOptions): Promise<string> {
    if (this.tensors.has(name) || !this.tensors.has(OBJECT_GRAPH)) return name;
    return (await this.graphNames(options)).get(name) ?? name;
  }

  /** Variables' names with their keys; empty for a checkpoint of a Saver. */
  async graphNames(options: LoadOptions): Promise<ReadonlyMap<string, string>> {
    if (!this.tensors.has(OBJECT_GRAPH)) return new Map();
    // Not the caller's signal: others may ask for the same names.
    this.graph ??= this.readGraph({ integrity: options.integrity }).catch((error: unknown) => {
      this.graph = undefined;
      throw inCheckpoint(error, this.location);
    });
    return abortable(this.graph, this.location, options.signal);
  }

  /** Tells that a tensor will be asked for when `promise` is settled: a file that has to be read whole is read once then. */
  expect(promise: PromiseLike<unknown>): void {
    this.expected.add(promise);
  }

  private async readGraph(options: LoadOptions): Promise<ReadonlyMap<string, string>> {
    const { native } = this;
    const plan = native.objectGraphPlan(this.handle);
    if (plan === '') throw nativeError(native);
    const { shard, offset, size } = JSON.parse(plan) as TensorPiece;
    const bytes = new ArraySink();
    bytes.begin(0, size);
    await this.read({ shard, offset, size }, { restart: () => bytes.begin(0, size), write: (chunk) => bytes.write(chunk) }, options);
    const names = this.withBytes(bytes.finish(), (address) => native.objectGraphRead(this.handle, address, size));
    if (names === '') throw nativeError(native);
    return new Map(Object.entries(JSON.parse(names) as Record<string, string>).filter(([, key]) => key !== ''));
  }

  /**
   * Reads a tensor into a table: the handle, which the caller releases. `cast`: double, integers and bool too, rounded to float32.
   *
   * @throws FeatureColumnError `tensor_not_found`, `dtype_mismatch`, `checksum_mismatch`, `invalid_checkpoint`, and those of reading files
   */
  async loadTensor(name: string, cast: boolean, options: LoadOptions): Promise<Handle> {
    try {
      return await this.readTable(name, cast, options);
    } catch (error) {
      throw inCheckpoint(error, this.location);
    }
  }

  private async readTable(name: string, cast: boolean, options: LoadOptions): Promise<Handle> {
    const { native } = this;
    const reader = checked(native, native.tensorOpen(this.handle, name, cast));
    let finished = false;
    try {
      const { pieces } = JSON.parse(native.tensorPlan(reader)) as { pieces: readonly TensorPiece[] };
      await Promise.all(pieces.map((piece, i) => this.loadPiece(reader, piece, i, options)));
      throwIfAborted(this.location, options.signal);
      finished = true;
      return checked(native, native.tensorFinish(reader));
    } finally {
      if (!finished) native.release(reader);
    }
  }

  private async loadPiece(reader: Handle, piece: TensorPiece, index: number, options: LoadOptions): Promise<void> {
    const { native } = this;
    // A failed load has released the reader meanwhile: then these say so, and nobody listens.
    const written = (size: number) => {
      if (!native.tensorWritten(reader, index, size)) throw nativeError(native);
    };
    const write = (chunk: Uint8Array) => {
      for (let at = 0; at < chunk.length; at += AT_ONCE) {
        const part = chunk.subarray(at, at + AT_ONCE);
        const address = native.tensorRoom(reader, index, part.length);
        if (address === 0) throw nativeError(native);
        native.HEAPU8.set(part, address);
        written(part.length);
      }
    };
    if (piece.size === 0) return written(0);
    await this.read(piece, { restart: () => native.tensorRewind(reader, index), write }, options);
  }

  private async read({ shard, offset, size }: TensorPiece, receiver: RunReceiver, options: LoadOptions): Promise<void> {
    const file = await (this.shards[shard] as Promise<Shard>);
    await file.read(offset, size, receiver, options);
  }

  /** Calls `use` with these bytes in the module's memory. */
  private withBytes<T>(bytes: Uint8Array, use: (address: Address) => T): T {
    const { native } = this;
    const address = allocate(native, bytes.length, this.location);
    try {
      native.HEAPU8.set(bytes, address);
      return use(address);
    } finally {
      native.free(address);
    }
  }
}

/** The core knows tensors and shards; which checkpoint they are of is said here. */
function inCheckpoint(error: unknown, location: Location): unknown {
  if (!(error instanceof FeatureColumnError) || error.message.includes(location) || error.code === 'aborted') return error;
  return new FeatureColumnError(error.code, `${error.message} (in ${location})`, error);
}

/** Whether the next place may be tried: there is no such file, or the host answers a page for any name. */
const isAbsent = (error: unknown): boolean => error instanceof FeatureColumnError && (error.code === 'not_found' || (error.code === 'network' && error.message.includes('HTML page')));

/** Reads `<prefix>.index` and opens it. @throws FeatureColumnError as loading and Checkpoint::open */
async function openPrefix(native: NativeModule, loader: Loader, prefix: Location, options: LoadOptions): Promise<Checkpoint> {
  const index = withSuffix(prefix, '.index');
  const part = native.parts.need(['checkpoint'], options.signal);
  part.catch(() => {}); // is told of below, unless the file fails first
  const file = await loader.readNative(await loader.at(index, index, options), 'checkpoint', options);
  let handle: Handle;
  try {
    await part;
    handle = checked(native, native.checkpointOpen(file.address, file.bytes, prefix));
  } finally {
    native.free(file.address);
  }
  return new Checkpoint(native, loader, handle, prefix, options);
}

/** The prefix that a directory's `checkpoint` file names (tf.train.latest_checkpoint). */
async function latestCheckpoint(loader: Loader, directory: Location, options: LoadOptions): Promise<readonly Location[]> {
  const state = inDirectory(directory, 'checkpoint');
  const bytes = await loader.readBytes(await loader.at(state, state, options), 'checkpoint', options);
  const path = modelCheckpointPath(new TextDecoder().decode(bytes), state);
  const absolute = /^([\\/]|[A-Za-z]:[\\/]|[a-z][a-z0-9+.-]+:\/\/)/.test(path);
  if (!absolute) return [inDirectory(directoryOf(state), path)];
  // An absolute path is of the machine that trained the model. The files have usually moved together with this one.
  const beside = inDirectory(directoryOf(state), path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1));
  if (!isFileUrl(state) || !loader.isFile(state) || isUrl(path)) return [beside];
  const { pathToFileURL } = await nodeModule<{ pathToFileURL(path: string): URL }>('url');
  return [pathToFileURL(path).href, beside];
}

/**
 * Opens what a name means, as TensorFlow's `load_checkpoint`: a checkpoint's prefix, or a directory with a `checkpoint`
 * file; and, beyond it, a SavedModel's directory.
 *
 * @throws FeatureColumnError `not_found` if it is none of them; `invalid_checkpoint`, `checksum_mismatch`, `unsupported`; those of reading files
 */
export async function openCheckpoint(native: NativeModule, loader: Loader, name: Location, options: LoadOptions): Promise<Checkpoint> {
  const given = withoutSuffix(name, '.index');
  const problems: FeatureColumnError[] = [];
  const attempt = async (prefix: Location): Promise<Checkpoint | undefined> => {
    try {
      return await openPrefix(native, loader, prefix, options);
    } catch (error) {
      if (!isAbsent(error)) throw error;
      problems.push(error as FeatureColumnError);
      return undefined;
    }
  };
  let opened = isDirectory(given) ? undefined : await attempt(given);
  if (opened) return opened;
  let prefixes: readonly Location[] = [];
  try {
    prefixes = await latestCheckpoint(loader, given, options);
  } catch (error) {
    if (!isAbsent(error)) throw error;
    problems.push(error as FeatureColumnError);
  }
  for (const prefix of [...prefixes, ...(prefixes.length === 0 ? [inDirectory(given, SAVED_MODEL_PREFIX)] : [])]) {
    opened = await attempt(prefix);
    if (opened) return opened;
  }
  const first = problems[0] as FeatureColumnError;
  if (first.code !== 'not_found') throw first;
  throw new FeatureColumnError('not_found', `there is no checkpoint ${name} (a table in one file is .safetensors or .npy): ${problems.map(({ message }) => message).join('; ')}`, { value: name, cause: first });
}

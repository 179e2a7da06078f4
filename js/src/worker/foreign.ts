/** Values that structured cloning takes as they are, and what is to be known of them. */
import type { ArrowData, ArrowType, ArrowVector } from '../batch/arrow.js';
import { FeatureColumnError, type ErrorCode } from '../errors.js';

/** Classes of JavaScript and the platform that structured cloning copies or moves. */
export function isForeign(value: object): boolean {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer || value instanceof WebAssembly.Module) return true;
  return (typeof Blob === 'function' && value instanceof Blob) || (typeof ReadableStream === 'function' && value instanceof ReadableStream);
}

/**
 * Memory that was moved to another thread, or that a buffer which has shrunk does not have any more, cannot be sent; Node even
 * posts such a message, which then arrives nowhere.
 *
 * @throws FeatureColumnError of this code
 */
export function requireMemory(value: unknown, code: ErrorCode): void {
  try {
    // Each throws then, and does nothing else; keys() is that of every kind of typed array.
    if (value instanceof DataView) void value.byteLength;
    else if (ArrayBuffer.isView(value)) Uint8Array.prototype.keys.call(value as Uint8Array);
    else if (value instanceof ArrayBuffer) new Uint8Array(value);
  } catch (cause) {
    throw new FeatureColumnError(code, `memory of this call cannot be read: ${(cause as Error).message}`, { cause });
  }
}

/** An Arrow vector as plain objects, with what batch/arrow.ts reads: getters of its class would be lost. */
export function plainArrow(value: ArrowVector | ArrowData): object {
  if ('data' in value) return { type: plainType(value.type), length: value.length, data: value.data.map(plainArrow) };
  const { type, length, offset, nullCount, values, valueOffsets, nullBitmap, children, dictionary } = value;
  return {
    type: plainType(type), length, offset, nullCount, values, valueOffsets, nullBitmap, children: children.map(plainArrow),
    ...(dictionary && { dictionary: plainArrow(dictionary) }),
  };
}

const plainType = ({ typeId, precision, bitWidth, isSigned, listSize }: ArrowType) => ({ typeId, precision, bitWidth, isSigned, listSize });

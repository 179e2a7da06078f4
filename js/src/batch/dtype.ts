/** The numbers of the packed batch: src/base/dtype.hpp and docs/architecture.md. */

export const enum DType { None, String, Int64, Int32, Float32, Float64, Number }

const BY_NAME: Readonly<Record<string, DType>> = {
  string: DType.String, int64: DType.Int64, int32: DType.Int32, float32: DType.Float32, float64: DType.Float64,
};

/** The dtype of TensorFlow's name; none for a name that is not one of a feature. */
export const dtypeOfName = (name: string | undefined): DType => BY_NAME[name ?? ''] ?? DType.None;

export const isFloating = (dtype: DType): boolean => dtype === DType.Float32 || dtype === DType.Float64;
export const isInteger = (dtype: DType): boolean => dtype === DType.Int64 || dtype === DType.Int32;

export const enum Flag { Sparse = 1, Unordered = 2, Absent = 4, Moved = 8 }

// String tensors of a checkpoint: lengths, their checksum, and the bytes. Spec 8.3.
#pragma once

#include "checkpoint/checkpoint.hpp"

namespace fcol {

// The strings of `entry` in row-major order, pointing into `bytes`: the whole of its one piece. Both checksums are verified.
// Errors: DtypeMismatch if it is no string tensor, ShapeMismatch if `bytes` has another size, InvalidCheckpoint,
// ChecksumMismatch, Unsupported for partitioned ones (TensorFlow writes none).
Result<std::vector<std::string_view>> readStrings(const TensorEntry& entry, Bytes bytes);

// The same, one behind the other: the value of a scalar, such as `_CHECKPOINTABLE_OBJECT_GRAPH`.
Result<std::vector<uint8_t>> readStringTensor(const TensorEntry& entry, Bytes bytes);

}  // namespace fcol

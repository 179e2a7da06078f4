// Snappy's raw format: the compression that the blocks of a table file may have. Reading only.
#pragma once

#include "base/buffer.hpp"

namespace fcol {

// Errors: InvalidCheckpoint if the bytes are not exactly one Snappy stream; OutOfMemory.
Result<Buffer<uint8_t>> unpackSnappy(Bytes packed);

}  // namespace fcol

// makeRoom: std::vector::resize for sizes that foreign data decides. Without exceptions a vector that finds no memory ends
// the program; here it is an error.
#pragma once

#include <vector>

#include "base/buffer.hpp"

namespace fcol {

// Errors: OutOfMemory. Elements beyond the old size are zero.
template <typename T>
FCOL_SMALL Result<void> makeRoom(std::vector<T>& vector, uint64_t size) {
  // The vector keeps its old memory while it takes the new, as this trial does.
  if (size > vector.capacity()) FCOL_TRY(Buffer<T>::make(size));
  vector.resize(static_cast<size_t>(size));
  return {};
}

}  // namespace fcol

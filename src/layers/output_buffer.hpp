// Memory for outputs: filled aside, and handed over only when a run has succeeded; reused from run to run.
#pragma once

#include "layers/layer.hpp"

namespace fcol {

// Makes room for `rows` × `columns` × `depth` elements. Keeps memory that is large enough and not far too large.
// Errors: OutOfMemory.
template <typename T>
Result<void> makeRoom(Buffer<T>& buffer, uint64_t rows, uint64_t columns, uint64_t depth = 1) {
  const bool overflows = columns > 0 && depth > 0 && rows > UINT64_MAX / columns / depth;
  const uint64_t size = overflows ? UINT64_MAX : rows * columns * depth;
  if (buffer.size() >= size && buffer.size() / 4 <= size + 4096) return {};
  FCOL_ASSIGN(fresh, Buffer<T>::make(size));
  buffer = std::move(fresh);
  return {};
}

// Gives the finished contents to `output` and takes its memory for the next run.
inline void handOver(OutputTensor& output, std::string_view name, const Shape& shape, Buffer<float>& floats) {
  output.name = name;
  output.shape = shape;
  output.integer = false;
  std::swap(output.floats, floats);
}
inline void handOver(OutputTensor& output, std::string_view name, const Shape& shape, Buffer<int32_t>& ints) {
  output.name = name;
  output.shape = shape;
  output.integer = true;
  std::swap(output.ints, ints);
}

}  // namespace fcol

#include "base/buffer.hpp"

namespace fcol {

Failure bufferTooLarge(uint64_t elements, size_t element_size) {
  return error(ErrorCode::OutOfMemory, "out of memory: {} elements of {} bytes do not fit; use a smaller batch, table or vocabulary", elements,
               element_size);
}

}  // namespace fcol

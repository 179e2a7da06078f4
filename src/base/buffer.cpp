#include "base/buffer.hpp"

namespace fcol {

Error bufferTooLarge(uint64_t elements, size_t element_size) {
  return error(ErrorCode::OutOfMemory, join("out of memory: ", elements, " elements of ", static_cast<uint64_t>(element_size),
                                            " bytes do not fit; use a smaller batch, table or vocabulary"));
}

}  // namespace fcol

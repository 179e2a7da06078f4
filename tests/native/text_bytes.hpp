// Texts as the files that the core takes over.
#pragma once

#include <cstring>
#include <string_view>

#include "base/buffer.hpp"

namespace fcol::test {

inline Buffer<uint8_t> bytesOf(std::string_view text) {
  auto buffer = Buffer<uint8_t>::make(text.size());
  std::memcpy(buffer->data(), text.data(), text.size());
  return std::move(*buffer);
}

}  // namespace fcol::test

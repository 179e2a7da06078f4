#include "vocabulary/key_arena.hpp"

namespace fcol {

bool KeyArena::number() {
  auto counts = Buffer<uint32_t>::make(blockOf(bytes.size()) + 1);
  if (!counts) return false;
  line_ends = 0;
  size_t begin = 0;
  for (uint32_t& count : counts->span()) {
    count = static_cast<uint32_t>(line_ends);
    const size_t end = std::min(begin == 0 ? kBlock - misaligned() : begin + kBlock, bytes.size());
    line_ends += countNewlines(bytes.span().subspan(begin, end - begin));
    begin = end;
  }
  lines_before = std::move(*counts);
  return true;
}

}  // namespace fcol

#include "embedding/row_touch.hpp"

#include <algorithm>

#include "base/inline.hpp"
#include "base/touch.hpp"

namespace fcol {
namespace {

// Touches the lines of rows, and of their scales and biases; of an id that is not in the table, of which `rows` > 0, any row's. One
// loop of few instructions: how many lines the processor waits for at once depends on how many loads are among the instructions that
// it has in hand.
FCOL_NOINLINE void touchRows(std::span<const int64_t> ids, const NarrowTable& table, uint32_t rows) {
  constexpr size_t kLine = 64;
  const size_t size = table.row_bytes;
  const uint8_t* codes = table.codes;
  const float* scales = hasScales(table.format) ? table.scales : nullptr;
  const bool straddles = reinterpret_cast<uintptr_t>(codes) % kLine != 0 || (size % kLine != 0 && kLine % size != 0);
  Toucher lines;
  FCOL_PLAIN_LOOP
  for (const int64_t each : ids) {
    const size_t id = static_cast<uint64_t>(each) < rows ? static_cast<size_t>(each) : 0;
    const uint8_t* row = codes + id * size;
    lines.touch(row);
    FCOL_PLAIN_LOOP
    for (size_t i = kLine; i < size; i += kLine) lines.touch(row + i);
    if (straddles) lines.touch(row + size - 1);
    if (!scales) continue;
    lines.touch(scales + id * table.step);
    if (table.step == 1) lines.touch(table.biases + id);
  }
}

}  // namespace

void RowTouch::touch(size_t at_least) {
  constexpr size_t kAhead = 128, kInCache = 1 << 20;
  const size_t end = std::min(ids_.size(), std::max(at_least, touched_ + kAhead));
  if (table_.bytes() > kInCache) touchRows(ids_.subspan(touched_, end - touched_), narrow_, table_.slots());
  touched_ = end;
}

}  // namespace fcol

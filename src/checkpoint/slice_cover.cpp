#include "checkpoint/slice_cover.hpp"

#include <algorithm>

namespace fcol {
namespace {

constexpr uint64_t kMaxSteps = 1 << 24;

bool overlap(const TensorPiece& a, const TensorPiece& b) {
  for (size_t axis = 0; axis < a.start.size(); ++axis)
    if (a.start[axis] + a.extent[axis] <= b.start[axis] || b.start[axis] + b.extent[axis] <= a.start[axis]) return false;
  return true;
}

// The first axis that is cut at all.
size_t cutAxis(const std::vector<TensorPiece>& pieces, const std::vector<uint64_t>& shape) {
  for (size_t axis = 0; axis < shape.size(); ++axis)
    for (const auto& piece : pieces)
      if (piece.extent[axis] != shape[axis]) return axis;
  return 0;
}

}  // namespace

std::optional<uint64_t> elementsOf(const std::vector<uint64_t>& shape) {
  uint64_t count = 1;
  for (const uint64_t size : shape)
    if (size == 0) return 0;
  for (const uint64_t size : shape) {
    if (count > UINT64_MAX / size) return std::nullopt;
    count *= size;
  }
  return count;
}

bool placeSlice(const TensorSlice& slice, const std::vector<uint64_t>& shape, TensorPiece& piece) {
  if (slice.start.size() != shape.size()) return false;
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    const int64_t start = slice.start[axis], length = slice.length[axis];
    const bool full = length == -1;
    if (start < 0 || (full ? start != 0 : length < 1)) return false;
    const uint64_t extent = full ? shape[axis] : static_cast<uint64_t>(length);
    if (extent == 0 || extent > shape[axis] || static_cast<uint64_t>(start) > shape[axis] - extent) return false;
    piece.start.push_back(static_cast<uint64_t>(start));
    piece.extent.push_back(extent);
  }
  return true;
}

Cover coverOf(const std::vector<TensorPiece>& pieces, const std::vector<uint64_t>& shape) {
  const auto total = elementsOf(shape);
  if (!total) return Cover::TooMany;
  const size_t axis = cutAxis(pieces, shape);
  std::vector<const TensorPiece*> sorted;
  for (const auto& piece : pieces) sorted.push_back(&piece);
  if (!shape.empty())
    std::sort(sorted.begin(), sorted.end(), [axis](const auto* a, const auto* b) { return a->start[axis] < b->start[axis]; });
  uint64_t covered = 0, steps = 0;
  for (size_t i = 0; i < sorted.size(); ++i) {
    const uint64_t size = *elementsOf(sorted[i]->extent);  // within the shape, so it fits
    if (size > *total - covered) return Cover::Overlap;
    covered += size;
    for (size_t k = i + 1; k < sorted.size(); ++k) {
      if (!shape.empty() && sorted[k]->start[axis] >= sorted[i]->start[axis] + sorted[i]->extent[axis]) break;
      if (overlap(*sorted[i], *sorted[k])) return Cover::Overlap;
      if (++steps > kMaxSteps) return Cover::TooMany;
    }
  }
  // Without an overlap, as many values as the tensor has are all of its values.
  return covered == *total ? Cover::Exact : Cover::Hole;
}

}  // namespace fcol

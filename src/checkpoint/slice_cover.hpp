// Whether the slices of a partitioned tensor put it together exactly: every value once.
#pragma once

#include <optional>

#include "checkpoint/checkpoint.hpp"
#include "checkpoint/ordered_code.hpp"

namespace fcol {

// Product of the dimensions, 1 for a scalar; nothing if it does not fit.
std::optional<uint64_t> elementsOf(const std::vector<uint64_t>& shape);

// Sets where `slice` lies in a tensor of `shape`, with full extents resolved. False if it is outside, empty, or of another rank.
bool placeSlice(const TensorSlice& slice, const std::vector<uint64_t>& shape, TensorPiece& piece);

enum class Cover : uint8_t { Exact, Hole, Overlap, TooMany };

// Requires placed pieces. TooMany: finding out would take more steps than any real partition needs. (Slices along one
// axis, the only ones that TensorFlow writes, take one step each.)
Cover coverOf(const std::vector<TensorPiece>& pieces, const std::vector<uint64_t>& shape);

}  // namespace fcol

// OrderedCode: the order-preserving encoding in which a checkpoint names the slices of a partitioned variable. Spec 8.4.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fcol {

// One slice of a tensor: per dimension its start and length; length -1 is the full dimension (its start is then 0).
struct TensorSlice {
  std::vector<int64_t> start;
  std::vector<int64_t> length;
};

struct SliceKey {
  std::string name;
  TensorSlice slice;
};

// A key that begins with a zero byte: (0, name, rank, start, length, …). Nothing if it is not exactly that.
std::optional<SliceKey> readSliceKey(std::string_view key);

}  // namespace fcol

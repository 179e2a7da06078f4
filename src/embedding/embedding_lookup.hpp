// embedding_lookup_sparse and safe_embedding_lookup_sparse: ids of many bags to one vector a bag, in TensorFlow's order of
// additions (spec 3). A bag is a row of ids, or a step of a sequence.
//
//   for each bag b:  entries = ids [splits[b], splits[b+1]), in order
//     safe:  drop ids < 0; unless combiner is sum drop weights that are not > 0        (spec 3.2)
//     none left: out[b] = 0;  id >= rows (or, not safe, id < 0): OutOfRange
//     e_k = table row, clipped to max_norm;  p_k = e_k * w_k
//     out[b] = combine(p) by the order and the scaling of spec 3.3
//
// Vectorised across the dimension, never across ids; no FMA: scalar and SIMD, native and wasm give the same bits.
#pragma once

#include <optional>
#include <span>

#include "columns/column.hpp"
#include "embedding/bag_kernels.hpp"
#include "embedding/embedding_table.hpp"

namespace fcol {

enum class Combiner : uint8_t { Mean, Sqrtn, Sum };
std::optional<Combiner> combinerFromName(std::string_view name);
std::string_view combinerName(Combiner combiner);

struct LookupOptions {
  Combiner combiner = Combiner::Mean;
  std::optional<float> max_norm;
  bool safe = true;
};

// Whether an id (with its weight, if it has one) is left out of its bag (spec 3.2).
inline bool isPruned(const LookupOptions& options, int64_t id, const float* weight) {
  return options.safe && (id < 0 || (weight && options.combiner != Combiner::Sum && !(*weight > 0)));
}

// What is done to the sum of n >= 1 rows without weights.
Finish finishOf(Combiner combiner, size_t n);

struct Bags {
  std::span<const int64_t> ids;
  std::span<const uint32_t> splits;  // bags + 1
  std::span<const float> weights;    // as many as ids, or empty: unweighted

  bool allSingle() const;  // one id each
};

// `position` of the id among those that TensorFlow gathers.
Failure idOutOfRange(const EmbeddingTable& table, size_t bag, int64_t id, size_t position);

// Bag b is written to out.data + b * out.stride. Requires: splits non-decreasing and within ids.
// Errors: OutOfRange; `row` is the bag, `value` the id, the message has "indices[k] = id is not in [0, n)". OutOfMemory.
Result<void> embeddingLookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, DenseOutput out);

}  // namespace fcol

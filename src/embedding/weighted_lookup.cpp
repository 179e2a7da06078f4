#include "embedding/weighted_lookup.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/inline.hpp"
#include "base/room.hpp"
#include "embedding/row_touch.hpp"

namespace fcol {
namespace {

// SegmentSum of one column: from zero, one after the other.
float segmentSum(std::span<const float> values, bool squared) {
  float sum = 0;
  for (const float value : values) {
    const float each = squared ? value * value : value;
    sum += each;
  }
  return sum;
}

class WeightedLookup {
 public:
  WeightedLookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::span<const int64_t> ids)
      : table_(table), bags_(bags), options_(options), ids_(ids), lines_(table, bags.ids) {}

  Result<void> run(DenseOutput out) {
    const size_t count = bags_.splits.size() - 1;
    size_t largest = 0;
    for (size_t bag = 0; bag < count; ++bag) largest = std::max<size_t>(largest, bags_.splits[bag + 1] - bags_.splits[bag]);
    FCOL_TRY(makeRoom(rows_, largest));
    if (!bags_.weights.empty()) FCOL_TRY(makeRoom(weights_, largest));
    if (options_.max_norm || table_.format() != TableFormat::Float32) FCOL_TRY(makeRoom(copies_, uint64_t{largest} * table_.dimension()));
    if (options_.max_norm) {
      FCOL_ASSIGN(norms, table_.norms());
      norms_ = norms;
    }
    for (size_t bag = 0; bag < count; ++bag) {
      FCOL_TRY(collect(bag));
      combine(out.data + bag * out.stride);
    }
    return {};
  }

 private:
  // The rows and weights of a bag that count, in float32 and clipped.
  Result<void> collect(size_t bag) {
    const size_t from = bags_.splits[bag], to = bags_.splits[bag + 1];
    lines_.upTo(to);
    const bool weighted = !bags_.weights.empty();
    const bool in_place = copies_.empty();
    const float** rows = rows_.data();
    size_t n = 0;
    for (size_t k = from; k < to; ++k) {
      const int64_t id = bags_.ids[k];
      const bool outside = static_cast<uint64_t>(id) >= table_.slots();
      if ((weighted || outside) && isPruned(options_, id, weighted ? &bags_.weights[k] : nullptr)) continue;
      if (outside) return idOutOfRange(table_, bag, ids_[k], gathered_ + n);
      rows[n] = in_place ? table_.row(static_cast<uint32_t>(id)) : copy(static_cast<uint32_t>(id), n);
      if (weighted) weights_[n] = bags_.weights[k];
      ++n;
    }
    size_ = n;
    gathered_ += n == 0 && options_.safe ? 1 : n;  // position in TensorFlow's gather: an empty row has a dummy there
    return {};
  }

  // The copy of a row as the n-th of its bag.
  const float* copy(uint32_t id, size_t n) {
    const size_t dimension = table_.dimension();
    float* copy = copies_.data() + n * dimension;
    const float* row = table_.row(id, copy);
    if (options_.max_norm) clipRow(row, dimension, norms_.empty() ? l2Norm(row, dimension) : norms_[id], std::max(*options_.max_norm, 0.0f), copy);
    return copy;
  }

  void combine(float* out) {
    const size_t n = size_, dimension = table_.dimension();
    const std::span<const float> weights(weights_.data(), bags_.weights.empty() ? 0 : n);
    const auto finish = n > 0 ? finishOf(options_.combiner, n, weights) : std::nullopt;
    if (!finish) std::memset(out, 0, dimension * sizeof(float));
    else if (weights.empty()) sumRows(rows_.data(), n, dimension, *finish, out);
    else sumWeightedRows(rows_.data(), weights_.data(), n, dimension, *finish, out);
  }

  const EmbeddingTable& table_;
  const Bags& bags_;
  const LookupOptions& options_;
  std::span<const int64_t> ids_;
  RowTouch lines_;
  std::span<const float> norms_;
  std::vector<const float*> rows_;  // of the bag in hand
  std::vector<float> weights_;
  size_t size_ = 0;  // rows of the bag in hand
  std::vector<float> copies_;  // of rows that are clipped or stored narrow
  size_t gathered_ = 0;
};

}  // namespace

std::optional<Finish> finishOf(Combiner combiner, size_t n, std::span<const float> weights) {
  if (weights.empty()) return finishOf(combiner, n);
  if (combiner == Combiner::Sum) return Finish{};
  const float sum = segmentSum(weights, combiner == Combiner::Sqrtn);
  const float divisor = combiner == Combiner::Sqrtn ? std::sqrt(sum) : sum;
  if (divisor == 0) return std::nullopt;  // div_no_nan
  return Finish{Finish::How::Divide, divisor};
}

FCOL_NOINLINE Result<void> weightedLookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::span<const int64_t> ids, DenseOutput out) {
  return WeightedLookup(table, bags, options, ids).run(out);
}

}  // namespace fcol

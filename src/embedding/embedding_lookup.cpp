#include "embedding/embedding_lookup.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/inline.hpp"
#include "base/room.hpp"
#include "base/touch.hpp"
#include "embedding/partial_bags.hpp"

namespace fcol {
namespace {

constexpr std::string_view kCombiners[] = {"mean", "sqrtn", "sum"};

// SegmentSum of one column: from zero, one after the other.
float segmentSum(std::span<const float> values, bool squared) {
  float sum = 0;
  for (const float value : values) {
    const float each = squared ? value * value : value;
    sum += each;
  }
  return sum;
}

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

// One batch of bags over one table.
class Lookup {
 public:
  // `ids`: what messages call the ids of the bags.
  Lookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::span<const int64_t> ids)
      : table_(table), bags_(bags), options_(options), ids_(ids), narrow_(table.narrow()) {}

  Result<void> run(DenseOutput out) {
    const size_t count = bags_.splits.empty() ? 0 : bags_.splits.size() - 1;
    // TensorFlow gives every empty row a dummy id 0, so that a table without rows always fails (spec 3.2).
    if (count > 0 && table_.rows() == 0 && options_.safe) return outOfRange(0, 0, 0);
    FCOL_TRY(prepare(count));
    const bool plain = bags_.weights.empty() && !options_.max_norm;
    for (size_t bag = plain && single_ ? copySingles(count, out) : 0; bag < count; ++bag) {
      if (plain && (copyOnly(bag, out.data + bag * out.stride) || sumInPlace(bag, out.data + bag * out.stride))) continue;
      FCOL_TRY(collect(bag));
      combine(out.data + bag * out.stride);
    }
    return {};
  }

 private:
  FCOL_SMALL Failure outOfRange(size_t bag, int64_t id, size_t position) const {
    Failure problem = error(ErrorCode::OutOfRange, "indices[{}] = {} is not in [0, {}): the table has {} rows", position, id, table_.rows(), table_.rows());
    problem->row = static_cast<int64_t>(bag);
    problem->value = toText(id);
    return problem;
  }

  FCOL_SMALL Result<void> prepare(size_t count) {
    for (size_t bag = 0; bag < count; ++bag) largest_ = std::max(largest_, bags_.splits[bag + 1] - bags_.splits[bag]);
    single_ = largest_ == 1 && bags_.splits[count] - bags_.splits[0] == count;
    if (options_.max_norm || table_.format() != TableFormat::Float32) FCOL_TRY(makeRoom(copies_, uint64_t{largest_} * table_.dimension()));
    if (!options_.max_norm) return {};
    FCOL_ASSIGN(norms, table_.norms());
    norms_ = norms;
    return {};
  }

  // A batch of bags of one id each, which every combiner leaves as they are: most features have one value a row. Answers the first
  // bag that is not done, for it may have to be refused.
  size_t copySingles(size_t count, DenseOutput out) {
    const uint64_t rows = table_.slots();
    if (rows == 0 || table_.format() != TableFormat::Float32) return 0;
    constexpr size_t kGroup = 64;
    const size_t begin = bags_.splits[0], dimension = table_.dimension();
    const bool safe = options_.safe;
    const int64_t* ids = bags_.ids.data() + begin;
    const float* data = table_.data();
    for (size_t from = 0; from < count; from += kGroup) {
      const size_t to = std::min(count, from + kGroup);
      touch(begin + to);
      bool refused = false;
      if (dimension == 1) {  // a linear model's weights; without a branch, which unknown keys would have guessed wrongly
        float* at = out.data + from * out.stride;
        for (size_t k = from; k < to; ++k, at += out.stride) {
          const int64_t id = ids[k];
          const bool inside = static_cast<uint64_t>(id) < rows;
          const float value = data[inside ? static_cast<size_t>(id) : 0];
          *at = inside ? value : 0;
          refused |= !inside & !(safe & (id < 0));
        }
      } else {
        for (size_t k = from; k < to; ++k) {
          const int64_t id = ids[k];
          const bool inside = static_cast<uint64_t>(id) < rows;
          float* at = out.data + k * out.stride;
          if (inside) std::memcpy(at, data + static_cast<size_t>(id) * dimension, dimension * sizeof(float));
          else std::memset(at, 0, dimension * sizeof(float));
          refused |= !inside & !(safe & (id < 0));
        }
      }
      if (refused) return from;
      gathered_ = to;
    }
    return count;
  }

  // A bag of one id among others. False: it is another bag.
  bool copyOnly(size_t bag, float* out) {
    const size_t from = bags_.splits[bag];
    if (bags_.splits[bag + 1] != from + 1) return false;
    if (from >= touched_) touch(from + 1);
    const auto id = static_cast<uint64_t>(bags_.ids[from]);
    if (id >= table_.slots()) return false;
    const float* row = table_.row(static_cast<uint32_t>(id), out);
    const size_t dimension = table_.dimension();
    if (dimension == 1) *out = *row;  // a linear model's weights
    else if (row != out) std::memcpy(out, row, dimension * sizeof(float));
    ++gathered_;
    return true;
  }

  // A bag of rows that are all in the table: nothing is pruned, copied or told. False: it is another bag.
  bool sumInPlace(size_t bag, float* out) {
    const size_t from = bags_.splits[bag], to = bags_.splits[bag + 1];
    if (from == to) return false;
    if (to > touched_) touch(to);
    const int64_t* ids = bags_.ids.data();
    // Of an id that is negative, or beyond the last row, one of the two has its highest bit set. wasm cannot compare 64-bit lanes.
    const uint64_t last = uint64_t{table_.slots()} - 1;
    uint64_t outside = 0;
    for (size_t k = from; k < to; ++k) outside |= static_cast<uint64_t>(ids[k]) | (last - static_cast<uint64_t>(ids[k]));
    const auto finish = outside >> 63 == 0 ? finishOf(options_.combiner, to - from, {}) : std::nullopt;
    if (!finish) return false;
    if (table_.format() == TableFormat::Float32) sumRowsOf(table_.data(), ids + from, to - from, table_.dimension(), *finish, out);
    else sumNarrowRowsOf(narrow_, ids + from, to - from, table_.dimension(), *finish, out);
    gathered_ += to - from;
    return true;
  }

  // The rows (and weights) of a bag that count, in float32 and clipped.
  FCOL_SMALL Result<void> collect(size_t bag) {
    const size_t from = bags_.splits[bag], to = bags_.splits[bag + 1];
    if (to > touched_) touch(to);
    const bool weighted = !bags_.weights.empty();
    if (rows_.empty()) {  // room for the largest bag, which few batches need
      FCOL_TRY(makeRoom(rows_, largest_));
      if (weighted) FCOL_TRY(makeRoom(weights_, largest_));
    }
    const bool in_place = copies_.empty();
    const float** rows = rows_.data();
    size_t n = 0;
    for (size_t k = from; k < to; ++k) {
      const int64_t id = bags_.ids[k];
      const bool outside = static_cast<uint64_t>(id) >= table_.slots();
      if ((weighted || outside) && isPruned(options_, id, weighted ? &bags_.weights[k] : nullptr)) continue;
      if (outside) return outOfRange(bag, ids_[k], gathered_ + n);
      rows[n] = in_place ? table_.row(static_cast<uint32_t>(id)) : copy(static_cast<uint32_t>(id), n);
      if (weighted) weights_[n] = bags_.weights[k];
      ++n;
    }
    size_ = n;
    gathered_ += n == 0 && options_.safe ? 1 : n;  // position in TensorFlow's gather: an empty row has a dummy there
    return {};
  }

  // Brings the lines of the next rows, and of their scales and biases, into the cache, whichever bags they are of.
  void touch(size_t at_least) {
    constexpr size_t kAhead = 128, kInCache = 1 << 20;
    const size_t end = std::min(bags_.ids.size(), std::max(at_least, touched_ + kAhead));
    if (table_.bytes() > kInCache) touchRows(bags_.ids.subspan(touched_, end - touched_), narrow_, table_.slots());
    touched_ = end;
  }

  // The copy of a row as the n-th of its bag.
  const float* copy(uint32_t id, size_t n) {
    const size_t dimension = table_.dimension();
    float* copy = copies_.data() + n * dimension;
    const float* row = table_.row(id, copy);
    if (options_.max_norm) clipRow(row, dimension, norms_.empty() ? l2Norm(row, dimension) : norms_[id], std::max(*options_.max_norm, 0.0f), copy);
    return copy;
  }

  FCOL_SMALL void combine(float* out) {
    const size_t n = size_, dimension = table_.dimension();
    if (n == 0) {
      std::memset(out, 0, dimension * sizeof(float));
      return;
    }
    const std::span<const float> weights(weights_.data(), bags_.weights.empty() ? 0 : n);
    const auto finish = finishOf(options_.combiner, n, weights);
    if (!finish) {
      std::memset(out, 0, dimension * sizeof(float));
      return;
    }
    if (weights.empty()) sumRows(rows_.data(), n, dimension, *finish, out);
    else sumWeightedRows(rows_.data(), weights_.data(), n, dimension, *finish, out);
  }

  const EmbeddingTable& table_;
  const Bags& bags_;
  const LookupOptions& options_;
  std::span<const int64_t> ids_;
  NarrowTable narrow_;
  std::span<const float> norms_;
  uint32_t largest_ = 0;            // ids of a bag
  bool single_ = false;             // every bag has one
  std::vector<const float*> rows_;  // of the bag in hand
  std::vector<float> weights_;
  size_t size_ = 0;  // rows of the bag in hand
  std::vector<float> copies_;  // of rows that are clipped or stored narrow
  size_t touched_ = 0;   // ids whose rows have been touched
  size_t gathered_ = 0;
};

}  // namespace

std::optional<Combiner> combinerFromName(std::string_view name) {
  for (size_t i = 0; i < std::size(kCombiners); ++i)
    if (kCombiners[i] == name) return static_cast<Combiner>(i);
  return std::nullopt;
}

std::string_view combinerName(Combiner combiner) { return kCombiners[static_cast<size_t>(combiner)]; }

std::optional<Finish> finishOf(Combiner combiner, size_t n, std::span<const float> weights) {
  if (combiner == Combiner::Sum) return Finish{};
  if (!weights.empty()) {
    const float sum = segmentSum(weights, combiner == Combiner::Sqrtn);
    const float divisor = combiner == Combiner::Sqrtn ? std::sqrt(sum) : sum;
    if (divisor == 0) return std::nullopt;  // div_no_nan
    return Finish{Finish::How::Divide, divisor};
  }
  if (n == 1) return Finish{};
  const float divisor = combiner == Combiner::Mean ? static_cast<float>(n) : static_cast<float>(std::sqrt(static_cast<double>(n)));
  // TensorFlow scales up to nine rows by the reciprocal and divides more; the last bits differ (spec 3.3).
  return n < 10 ? Finish{Finish::How::Multiply, 1.0f / divisor} : Finish{Finish::How::Divide, divisor};
}

Result<void> embeddingLookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, DenseOutput out) {
  if (!table.isPartial()) return Lookup(table, bags, options, bags.ids).run(out);
  std::vector<int64_t> slots;
  FCOL_TRY(slotsOfBags(table, bags, options, slots));
  return Lookup(table, {slots, bags.splits, bags.weights}, options, bags.ids).run(out);
}

}  // namespace fcol

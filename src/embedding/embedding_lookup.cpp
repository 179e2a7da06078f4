#include "embedding/embedding_lookup.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "base/inline.hpp"
#include "base/room.hpp"
#include "embedding/partial_bags.hpp"
#include "embedding/row_touch.hpp"
#include "embedding/weighted_lookup.hpp"

namespace fcol {
namespace {

constexpr std::string_view kCombiners[] = {"mean", "sqrtn", "sum"};

// One batch of bags over one table, without weights and without a limit for norms: weighted_lookup.hpp has those.
class Lookup {
 public:
  // `ids`: what messages call the ids of the bags.
  Lookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::span<const int64_t> ids)
      : table_(table), bags_(bags), options_(options), ids_(ids), narrow_(table.narrow()), lines_(table, bags.ids) {}

  Result<void> run(size_t count, DenseOutput out) {
    for (size_t bag = copySingles(count, out); bag < count; ++bag) {
      float* at = out.data + bag * out.stride;
      const size_t from = bags_.splits[bag], size = bags_.splits[bag + 1] - from;
      if (size == 1 && copyOnly(from, at)) continue;
      const int64_t* ids = bags_.ids.data() + from;
      lines_.upTo(from + size);
      if (size > 0 && allInside(ids, size)) sum(ids, size, at);
      else FCOL_TRY(sumKept(bag, at));
    }
    return {};
  }

 private:
  // A batch of bags of one id each, which every combiner leaves as they are: most features have one value a row. Answers the first
  // bag that is not done, for it may have to be refused.
  size_t copySingles(size_t count, DenseOutput out) {
    const uint64_t rows = table_.slots();
    const size_t begin = bags_.splits[0];
    if (bags_.splits[count] - begin != count || !bags_.allSingle() || rows == 0 || table_.format() != TableFormat::Float32) return 0;
    constexpr size_t kGroup = 64;
    const size_t dimension = table_.dimension();
    const bool safe = options_.safe;
    const int64_t* ids = bags_.ids.data() + begin;
    const float* data = table_.data();
    for (size_t from = 0; from < count; from += kGroup) {
      const size_t to = std::min(count, from + kGroup);
      lines_.upTo(begin + to);
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

  // A bag of one id among others. False: the id is not in the table.
  bool copyOnly(size_t at, float* out) {
    lines_.upTo(at + 1);
    const auto id = static_cast<uint64_t>(bags_.ids[at]);
    if (id >= table_.slots()) return false;
    const float* row = table_.row(static_cast<uint32_t>(id), out);
    const size_t dimension = table_.dimension();
    if (dimension == 1) *out = *row;  // a linear model's weights
    else if (row != out) std::memcpy(out, row, dimension * sizeof(float));
    ++gathered_;
    return true;
  }

  bool allInside(const int64_t* ids, size_t n) const {
    // Of an id that is negative, or beyond the last row, one of the two has its highest bit set. wasm cannot compare 64-bit lanes.
    const uint64_t last = uint64_t{table_.slots()} - 1;
    uint64_t outside = 0;
    for (size_t k = 0; k < n; ++k) outside |= static_cast<uint64_t>(ids[k]) | (last - static_cast<uint64_t>(ids[k]));
    return outside >> 63 == 0;
  }

  void sum(const int64_t* ids, size_t n, float* out) {
    const Finish finish = finishOf(options_.combiner, n);
    if (table_.format() == TableFormat::Float32) sumRowsOf(table_.data(), ids, n, table_.dimension(), finish, out);
    else sumNarrowRowsOf(narrow_, ids, n, table_.dimension(), finish, out);
    gathered_ += n;
  }

  // A bag of which some ids may be pruned, all of them or none.
  FCOL_SMALL Result<void> sumKept(size_t bag, float* out) {
    const size_t from = bags_.splits[bag], to = bags_.splits[bag + 1];
    FCOL_TRY(makeRoom(kept_, to - from));
    size_t n = 0;
    for (size_t k = from; k < to; ++k) {
      const int64_t id = bags_.ids[k];
      if (static_cast<uint64_t>(id) < table_.slots()) kept_[n++] = id;
      else if (!isPruned(options_, id, nullptr)) return idOutOfRange(table_, bag, ids_[k], gathered_ + n);
    }
    if (n > 0) {
      sum(kept_.data(), n, out);
      return {};
    }
    gathered_ += options_.safe;  // position in TensorFlow's gather: an empty row has a dummy there
    std::memset(out, 0, table_.dimension() * sizeof(float));
    return {};
  }

  const EmbeddingTable& table_;
  const Bags& bags_;
  const LookupOptions& options_;
  std::span<const int64_t> ids_;
  NarrowTable narrow_;
  RowTouch lines_;
  std::vector<int64_t> kept_;
  size_t gathered_ = 0;
};

Result<void> lookUp(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, std::span<const int64_t> ids, DenseOutput out) {
  const size_t count = bags.splits.empty() ? 0 : bags.splits.size() - 1;
  if (count == 0) return {};
  // TensorFlow gives every empty row a dummy id 0, so that a table without rows always fails (spec 3.2).
  if (table.rows() == 0 && options.safe) return idOutOfRange(table, 0, 0, 0);
  if (!bags.weights.empty() || options.max_norm) return weightedLookup(table, bags, options, ids, out);
  return Lookup(table, bags, options, ids).run(count, out);
}

}  // namespace

bool Bags::allSingle() const {
  uint32_t largest = 0;
  for (size_t bag = 1; bag < splits.size(); ++bag) largest = std::max(largest, splits[bag] - splits[bag - 1]);
  return largest == 1;
}

std::optional<Combiner> combinerFromName(std::string_view name) {
  for (size_t i = 0; i < std::size(kCombiners); ++i)
    if (kCombiners[i] == name) return static_cast<Combiner>(i);
  return std::nullopt;
}

std::string_view combinerName(Combiner combiner) { return kCombiners[static_cast<size_t>(combiner)]; }

Finish finishOf(Combiner combiner, size_t n) {
  if (combiner == Combiner::Sum || n == 1) return {};
  const float divisor = combiner == Combiner::Mean ? static_cast<float>(n) : static_cast<float>(std::sqrt(static_cast<double>(n)));
  // TensorFlow scales up to nine rows by the reciprocal and divides more; the last bits differ (spec 3.3).
  return n < 10 ? Finish{Finish::How::Multiply, 1.0f / divisor} : Finish{Finish::How::Divide, divisor};
}

FCOL_SMALL Failure idOutOfRange(const EmbeddingTable& table, size_t bag, int64_t id, size_t position) {
  Failure problem = error(ErrorCode::OutOfRange, "indices[{}] = {} is not in [0, {}): the table has {} rows", position, id, table.rows(), table.rows());
  problem->row = static_cast<int64_t>(bag);
  problem->value = toText(id);
  return problem;
}

Result<void> embeddingLookup(const EmbeddingTable& table, const Bags& bags, const LookupOptions& options, DenseOutput out) {
  if (!table.isPartial()) return lookUp(table, bags, options, bags.ids, out);
  std::vector<int64_t> slots;
  FCOL_TRY(slotsOfBags(table, bags, options, slots));
  return lookUp(table, {slots, bags.splits, bags.weights}, options, bags.ids, out);
}

}  // namespace fcol

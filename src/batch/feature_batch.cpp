#include "batch/feature_batch.hpp"

#include <cstring>

#include "base/inline.hpp"

namespace fcol {
namespace {

constexpr uint32_t kDescriptorWords = 16;
constexpr uint32_t kSparse = 1, kUnordered = 2, kAbsent = 4, kMoved = 8;
constexpr uint32_t kMaxRank = 254;  // TensorFlow's limit (TensorShape::MaxDimensions)

struct Descriptor {
  uint32_t dtype, flags, rank, count, width, values, offsets, row_splits, step_splits, positions, nulls, text_bytes, keys, entries, inner, missing;
};
static_assert(sizeof(Descriptor) == kDescriptorWords * sizeof(uint32_t));

size_t sizeOf(DType dtype) { return dtype == DType::Int32 || dtype == DType::Float32 ? 4 : 8; }

// True if `splits` begins at 0, never falls and ends at `end`. One pass without branches: it runs over every batch.
FCOL_NOINLINE bool splitsHold(std::span<const uint32_t> splits, uint32_t end) {
  uint32_t falls = 0;
  for (size_t i = 1; i < splits.size(); ++i) falls |= splits[i] < splits[i - 1];
  return !falls && splits.front() == 0 && splits.back() == end;
}

FCOL_NOINLINE bool allBelow(std::span<const uint32_t> values, uint32_t limit) {
  uint32_t outside = 0;
  for (const uint32_t value : values) outside |= value >= limit;
  return !outside;
}

FCOL_NOINLINE bool rowsFit(std::span<const uint32_t> splits, uint32_t width) {
  uint32_t too_long = 0;
  for (size_t i = 1; i < splits.size(); ++i) too_long |= splits[i] - splits[i - 1] > width;
  return !too_long;
}

// The first place where splits break their rule, for the message.
FCOL_SMALL int64_t firstFall(std::span<const uint32_t> splits) {
  if (splits.front() != 0) return 0;
  for (size_t i = 1; i < splits.size(); ++i)
    if (splits[i] < splits[i - 1]) return static_cast<int64_t>(i) - 1;
  return static_cast<int64_t>(splits.size()) - 2;
}

class PackedFeature {
 public:
  PackedFeature(Bytes packed, const std::string& key, const Descriptor& word, uint32_t rows)
      : packed_(packed), key_(key), word_(word), rows_(rows) {}

  FCOL_SMALL Result<void> read(Feature& out) const {
    out = Feature{};
    out.rows = rows_;
    if (word_.dtype > static_cast<uint32_t>(DType::Number)) return broken("dtype {} is unknown", word_.dtype);
    out.dtype = static_cast<DType>(word_.dtype);
    if (out.dtype == DType::None) return {};
    if (word_.flags > (kSparse | kUnordered | kAbsent | kMoved)) return broken("flags {} are unknown", word_.flags);
    out.sparse = word_.flags & kSparse;
    out.ordered = !(word_.flags & kUnordered);
    out.moved = word_.flags & kMoved;
    out.absent = word_.flags & kAbsent;
    if (out.absent && (word_.count > 0 || out.sparse)) return broken("what is absent has no values and is not sparse");
    if ((!out.ordered && !out.sparse) || (out.moved && out.ordered)) return broken("only a sparse tensor can be unordered");
    if (word_.rank < 1 || word_.rank > kMaxRank) return broken("rank {} is not in [1, 254]", word_.rank);
    out.rank = word_.rank;
    out.count = word_.count;
    out.width = word_.width;
    out.inner = word_.inner;
    if (word_.missing) out.missing = word_.missing;
    FCOL_TRY(readShape(out));
    FCOL_TRY(readValues(out));
    if (word_.nulls) {
      FCOL_ASSIGN(nulls, array<uint8_t>(word_.nulls, out.count, "nulls"));
      out.nulls = nulls;
    }
    return {};
  }

 private:
  template <typename... Values>
  FCOL_INLINE Failure broken(const char* text, const Values&... values) const {
    return brokenRow(-1, text, values...);
  }
  template <typename... Values>
  FCOL_INLINE Failure brokenRow(int64_t row, const char* text, const Values&... values) const {
    return brokenOf(row, text, partsOf(values...));
  }
  FCOL_SMALL Failure brokenOf(int64_t row, const char* text, const TextPart* values) const {
    const std::string what = formatParts(text, values);
    Failure problem = row >= 0 ? error(ErrorCode::InvalidBatch, "feature {}, row {}: {}", quoted(key_), row, what)
                               : error(ErrorCode::InvalidBatch, "feature {}: {}", quoted(key_), what);
    problem->at(key_, row);
    return problem;
  }

  // `size` elements at byte `offset`, if they lie within the block.
  template <typename T>
  FCOL_INLINE Result<std::span<const T>> array(uint32_t offset, uint64_t size, std::string_view what) const {
    FCOL_TRY(checkPlace(offset, size, sizeof(T), what));
    return std::span<const T>(reinterpret_cast<const T*>(packed_.data() + offset), static_cast<size_t>(size));
  }
  FCOL_SMALL Result<void> checkPlace(uint32_t offset, uint64_t size, uint32_t each, std::string_view what) const {
    if (offset == 0 || offset % 8 != 0) return broken("{} at byte {} are not at a multiple of 8", what, offset);
    if (offset > packed_.size() || size > (packed_.size() - offset) / each)
      return broken("{}: {} elements at byte {} are not within the {} bytes", what, size, offset, packed_.size());
    return {};
  }

  FCOL_SMALL Result<void> readShape(Feature& out) const {
    if (out.rank == 1) {
      if (word_.row_splits || word_.step_splits || word_.positions) return broken("one value a row has no splits and no positions");
      if (out.count != rows_) return broken("has {} values for {} rows", out.count, rows_);
      if (out.width != 1) return broken("width {} is not 1", out.width);
      return {};
    }
    FCOL_ASSIGN(row_splits, array<uint32_t>(word_.row_splits, uint64_t{rows_} + 1, "row splits"));
    out.row_splits = row_splits;
    const uint32_t items = out.rank == 2 ? out.count : row_splits.back();  // values or steps
    if (!splitsHold(row_splits, items))
      return brokenRow(firstFall(row_splits), "row splits must begin at 0, not fall, and end at {}", items);
    if (out.ordered && !rowsFit(row_splits, out.width)) return brokenRow(longRow(out), "a row is longer than the width {}", out.width);
    if (out.rank == 2) {
      if (word_.step_splits) return broken("rank 2 has no step splits");
      return word_.positions ? readPositions(out, row_splits, out.width) : Result<void>();
    }
    FCOL_ASSIGN(step_splits, array<uint32_t>(word_.step_splits, uint64_t{items} + 1, "step splits"));
    out.step_splits = step_splits;
    if (!splitsHold(step_splits, out.count)) return broken("step splits must begin at 0, not fall, and end at {}", out.count);
    if (out.sparse && out.ordered && out.inner > 0 && !rowsFit(step_splits, out.inner)) return broken("a step has more than {} values", out.inner);
    return word_.positions ? readPositions(out, step_splits, out.inner) : Result<void>();
  }

  FCOL_SMALL int64_t longRow(const Feature& out) const {
    uint32_t row = 0;
    while (out.row_splits[row + 1] - out.row_splits[row] <= out.width) ++row;
    return row;
  }

  // Of each row, or of each step.
  FCOL_SMALL Result<void> readPositions(Feature& out, std::span<const uint32_t> splits, uint32_t width) const {
    if (!out.sparse) return broken("only a sparse tensor has positions");
    FCOL_ASSIGN(positions, array<uint32_t>(word_.positions, out.count, "positions"));
    out.positions = positions;
    for (size_t group = 0; group + 1 < splits.size(); ++group) {
      for (uint32_t i = splits[group]; i < splits[group + 1]; ++i) {
        if (positions[i] >= width) return brokenRow(out.rowOf(i), "position {} is not in [0, {})", positions[i], width);
        if (out.ordered && i > splits[group] && positions[i] <= positions[i - 1])
          return brokenRow(out.rowOf(i), "positions must rise; indices out of order or repeated make an unordered tensor");
      }
    }
    return {};
  }

  FCOL_SMALL Result<void> readValues(Feature& out) const {
    if (out.dtype != DType::String) {
      if (word_.offsets || word_.text_bytes || word_.keys || word_.entries) return broken("numbers have no UTF-8 offsets");
      if (out.count == 0) return {};
      FCOL_ASSIGN(bytes, array<uint8_t>(word_.values, uint64_t{out.count} * sizeOf(out.dtype), "values"));
      out.numbers = bytes.data();
      return {};
    }
    if (word_.keys) {
      FCOL_ASSIGN(keys, array<uint32_t>(word_.keys, out.count, "dictionary keys"));
      if (!allBelow(keys, word_.entries)) return broken("dictionary keys must be below {}, the number of entries", word_.entries);
      out.keys = keys;
    }
    const uint32_t strings = word_.keys ? word_.entries : out.count;
    FCOL_ASSIGN(offsets, array<uint32_t>(word_.offsets, uint64_t{strings} + 1, "UTF-8 offsets"));
    if (!splitsHold(offsets, offsets.back()) || offsets.back() > word_.text_bytes) {
      const auto at = static_cast<uint64_t>(firstFall(offsets));
      return broken("UTF-8 offsets must begin at 0, not fall, and end within {} bytes; see value {}", word_.text_bytes, at);
    }
    out.strings = {"", offsets};
    if (offsets.back() == 0) return {};
    FCOL_ASSIGN(text, array<char>(word_.values, word_.text_bytes, "UTF-8 bytes"));
    out.strings.bytes = text.data();
    out.strings.slack = packed_.size() - word_.values - offsets.back();
    return {};
  }

  Bytes packed_;
  const std::string& key_;
  const Descriptor& word_;
  uint32_t rows_;
};

}  // namespace

FCOL_SMALL Result<void> readPackedBatch(Bytes packed, std::span<const std::string> keys, FeatureBatch& batch) {
  if (reinterpret_cast<uintptr_t>(packed.data()) % 8 != 0) return error(ErrorCode::InvalidBatch, "packed batch: the block is not aligned to 8 bytes");
  if (packed.size() < 8 || (packed.size() - 8) / sizeof(Descriptor) < keys.size())
    return error(ErrorCode::InvalidBatch, "packed batch: {} bytes cannot hold {} features", packed.size(), keys.size());
  const auto* words = reinterpret_cast<const uint32_t*>(packed.data());
  if (words[1] != keys.size()) return error(ErrorCode::InvalidBatch, "packed batch: has {} features, the layer reads {}", words[1], keys.size());
  if (words[0] == UINT32_MAX) return error(ErrorCode::InvalidBatch, "packed batch: {} rows are too many", words[0]);
  batch.rows = words[0];
  batch.features.resize(keys.size());
  for (size_t i = 0; i < keys.size(); ++i) {
    Descriptor word;
    std::memcpy(&word, words + 2 + i * kDescriptorWords, sizeof word);
    FCOL_TRY(PackedFeature(packed, keys[i], word, batch.rows).read(batch.features[i]));
  }
  return {};
}

}  // namespace fcol

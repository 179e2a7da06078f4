#include "columns/missing.hpp"

#include <cstring>
#include <numeric>

#include "base/bits.hpp"
#include "base/inline.hpp"
#include "base/room.hpp"

namespace fcol {
namespace {

// Flags that are zero before: most batches have nothing missing, and are only looked through.
template <typename Missing>
uint8_t flagIf(size_t count, uint8_t* flags, Missing missing) {
  bool any = false;
  for (size_t i = 0; i < count; ++i) any |= missing(i);
  FCOL_PLAIN_LOOP
  for (size_t i = 0; any && i < count; ++i) flags[i] = missing(i);
  return any;
}

template <typename T>
uint8_t flagEqual(std::span<const T> values, T missing, uint8_t* flags) {
  return flagIf(values.size(), flags, [&](size_t i) { return values[i] == missing; });
}

// Of numbers of 64 bits, whatever they stand for.
FCOL_NOINLINE uint8_t flagBits(const Feature& feature, int64_t missing, uint8_t* flags) {
  const auto* const bytes = static_cast<const char*>(feature.numbers);
  return flagIf(feature.count, flags, [&](size_t i) {
    int64_t bits;
    std::memcpy(&bits, bytes + i * sizeof bits, sizeof bits);
    return bits == missing;
  });
}

uint8_t flagEmpty(std::span<const uint32_t> offsets, uint8_t* flags) {
  return flagIf(offsets.size() - 1, flags, [&](size_t i) { return offsets[i] == offsets[i + 1]; });
}

// Of reals as weights 0.0 and -0.0 are missing, NaN is not. In wasm of a part that whoever has weights needs.
FCOL_NOINLINE uint8_t flagRealWeights(const Feature& feature, uint8_t* flags) {
  return feature.dtype == DType::Float32 ? flagEqual<float>(feature.as<float>(), 0, flags) : flagEqual<double>(feature.as<double>(), 0, flags);
}

uint8_t flagValues(const Feature& feature, MissingRule rule, uint8_t* flags) {
  const bool weights = rule == MissingRule::Weights;
  switch (feature.dtype) {
    case DType::String: {
      if (weights) return 0;
      if (feature.keys.empty()) return flagEmpty(feature.strings.offsets, flags);
      return flagIf(feature.count, flags, [&](size_t i) { return feature.text(static_cast<uint32_t>(i)).empty(); });
    }
    case DType::Int32: return flagEqual<int32_t>(feature.as<int32_t>(), weights ? 0 : static_cast<int32_t>(feature.missing), flags);
    case DType::Int64: return flagBits(feature, weights ? 0 : feature.missing, flags);
    case DType::Number:
      if (!weights) return flagBits(feature, bitCast<int64_t>(-1.0), flags);  // as an id: -1 has no other bits
      [[fallthrough]];
    case DType::Float32:
    case DType::Float64: return weights ? flagRealWeights(feature, flags) : 0;
    case DType::None: break;
  }
  return 0;
}

}  // namespace

Result<std::span<const uint8_t>> findMissing(const Feature& feature, MissingRule rule, std::vector<uint8_t>& flags) {
  const bool by_value = !feature.sparse && rule != MissingRule::Cells;
  const bool by_null = !feature.nulls.empty() && (feature.sparse || by_value);
  if (feature.count == 0 || (!by_value && !by_null)) return std::span<const uint8_t>();
  flags.clear();
  FCOL_TRY(makeRoom(flags, feature.count));
  uint8_t any = by_value ? flagValues(feature, rule, flags.data()) : 0;
  if (by_null) {
    for (uint32_t i = 0; i < feature.count; ++i) any |= flags[i] |= feature.nulls[i] != 0;
  }
  return any ? std::span<const uint8_t>(flags) : std::span<const uint8_t>();
}

Result<void> takeShape(const Feature& feature, std::span<const uint8_t> missing, IdBatch& out) {
  out.rows = feature.rows;
  out.rank = feature.rank < 3 ? 2 : feature.rank;
  out.width = feature.width;
  out.ordered = feature.ordered;
  out.moved = feature.moved;
  FCOL_TRY(makeRoom(out.row_splits, uint64_t{feature.rows} + 1));
  if (feature.rank >= 3) {
    std::memcpy(out.row_splits.data(), feature.row_splits.data(), feature.row_splits.size_bytes());
    FCOL_TRY(makeRoom(out.step_splits, feature.step_splits.size()));
  }
  if (missing.empty()) {
    if (feature.rank == 1) {
      std::iota(out.row_splits.begin(), out.row_splits.end(), 0u);
    } else if (feature.rank == 2) {
      std::memcpy(out.row_splits.data(), feature.row_splits.data(), feature.row_splits.size_bytes());
      FCOL_TRY(makeRoom(out.positions, feature.positions.size()));
      if (!feature.positions.empty()) std::memcpy(out.positions.data(), feature.positions.data(), feature.positions.size_bytes());
    } else {
      std::memcpy(out.step_splits.data(), feature.step_splits.data(), feature.step_splits.size_bytes());
    }
    return {};
  }
  // Each group of values, a row or a step, keeps what is not missing; in rank 2 a value keeps its column too.
  const bool by_row = feature.rank < 3;
  if (feature.rank == 2) FCOL_TRY(makeRoom(out.positions, feature.count));
  uint32_t* splits = by_row ? out.row_splits.data() : out.step_splits.data();
  const auto groups = static_cast<uint32_t>((by_row ? out.row_splits.size() : out.step_splits.size()) - 1);
  uint32_t kept = 0;
  splits[0] = 0;
  for (uint32_t group = 0; group < groups; ++group) {
    const uint32_t begin = by_row ? feature.firstOf(group) : feature.step_splits[group];
    const uint32_t end = by_row ? feature.firstOf(group + 1) : feature.step_splits[group + 1];
    for (uint32_t i = begin; i < end; ++i) {
      if (missing[i]) continue;
      out.ids[kept] = out.ids[i];
      if (feature.rank == 2) out.positions[kept] = feature.positions.empty() ? i - begin : feature.positions[i];
      ++kept;
    }
    splits[group + 1] = kept;
  }
  out.ids.resize(kept);
  if (feature.rank == 2) out.positions.resize(kept);
  return {};
}

}  // namespace fcol

// What a JsonColumn becomes: its rank and dtype, told from all of its rows, its numbers in that dtype, and its splits.
#include <algorithm>
#include <cstring>

#include "base/bits.hpp"
#include "base/simd.hpp"
#include "example/json_column.hpp"

namespace fcol {
namespace {

constexpr int64_t kExact = (int64_t{1} << 53) - 1;  // JavaScript's Number.MAX_SAFE_INTEGER
constexpr int64_t kShort = int64_t{1} << 24;         // up to here every integer is a float32

int64_t asInteger(uint64_t bits) { return static_cast<int64_t>(bits); }

}  // namespace

// One value a row, and some rows have none: they get a null.
bool JsonColumn::padAbsentRows() {
  if (count() == forms_.size()) return true;
  if (!settleTags()) return false;
  Growing<uint8_t> tags;
  Growing<uint64_t> numbers;
  StringColumn strings;
  size_t next = 0;
  for (size_t row = 0; row < forms_.size(); ++row) {
    const bool absent = forms_[row] == kAbsent;
    if (!tags.push(absent ? uint8_t{kNull} : tags_[next])) return false;
    if (kind_ == Kind::Numbers && !numbers.push(absent ? 0 : numbers_[next])) return false;
    if (kind_ == Kind::Strings) {
      const std::string_view text = absent ? std::string_view() : strings_[next];
      if (!strings.push(text.data(), text.size())) return false;
    }
    next += !absent;
  }
  std::swap(tags_, tags);
  std::swap(numbers_, numbers);
  std::swap(strings_, strings);
  return true;
}

// In a feature with sparse rows the missing values of dense ones are marked, so that each row means what it means alone.
bool JsonColumn::markMissing() {
  if (!settleTags()) return false;
  const bool real = real_ || (wanted_ == DType::None && std::find(tags_.data(), tags_.data() + count(), kReal) != tags_.data() + count());
  for (size_t row = 0; row < forms_.size(); ++row) {
    if (forms_[row] & kSparse) continue;  // an absent row has no values either
    for (size_t i = value_ends_[row]; i < value_ends_[row + 1]; ++i) {
      const bool missing = kind_ == Kind::Strings ? strings_[i].empty() : kind_ == Kind::Numbers && valueOf(i) == (real ? 0 : -1);
      if (tags_[i] != kNull && missing) tags_[i] = kNull;
    }
  }
  return true;
}

DType JsonColumn::finalDtype(int64_t& huge) const {
  huge = -1;
  if (kind_ == Kind::Strings) return DType::String;
  if (kind_ == Kind::None) return wanted_ == DType::String ? DType::String : DType::Number;
  if (real_ || (wanted_ == DType::Int64 && tags_.size() == 0)) return wanted_;
  bool any_real = false, all_integral = true, all_exact = true, all_short = true;
  size_t first_huge = count();
  for (size_t i = 0; i < count(); ++i) {
    if (tag(i) == kInteger) {
      const int64_t value = asInteger(numbers_[i]);
      all_exact &= value >= -kExact && value <= kExact;
      all_short &= value >= -kShort && value <= kShort;
    } else if (tag(i) != kNull) {
      const double value = bitCast<double>(numbers_[i]);
      all_integral &= value >= -9223372036854775808.0 && value < 9223372036854775808.0 && static_cast<double>(static_cast<int64_t>(value)) == value;
      all_short &= static_cast<double>(static_cast<float>(value)) == value;
      any_real |= tag(i) == kReal;
      if (tag(i) == kHuge && first_huge == count()) first_huge = i;
    }
  }
  if (any_real && wanted_ == DType::None && !all_integral) return DType::Number;
  if (any_real) return all_short ? DType::Float32 : DType::Float64;
  if (first_huge < count())
    huge = std::upper_bound(value_ends_.data(), value_ends_.data() + value_ends_.size(), first_huge) - value_ends_.data() - 1;
  return all_exact && wanted_ != DType::Int64 ? DType::Number : DType::Int64;
}

double JsonColumn::valueOf(size_t i) const { return real_ || tag(i) != kInteger ? bitCast<double>(numbers_[i]) : static_cast<double>(asInteger(numbers_[i])); }

bool JsonColumn::convert(DType dtype, Feature& feature) {
  feature.dtype = dtype;
  feature.count = static_cast<uint32_t>(count());
  const size_t nulls = kind_ == Kind::None ? count() : 0;
  if (dtype == DType::String) {
    if (!strings_.fillEmpty(nulls) || !strings_.finish()) return false;
    feature.strings = strings_.batch();
  } else {
    if (!numbers_.fill(nulls, 0)) return false;
    convertNumbers(dtype);
    feature.numbers = numbers_.data();
  }
  bool any_null = false;
  for (size_t i = 0; i < tags_.size(); ++i) any_null |= tags_[i] = tags_[i] == kNull;
  if (any_null) feature.nulls = tags_.span();
  return true;
}

// Each number takes the place of what it was made from, or of one before it.
void JsonColumn::convertNumbers(DType dtype) {
  size_t i = 0;
  if (dtype == DType::Int64) {
    for (; i < tags_.size(); ++i)
      if (tags_[i] == kNull) numbers_[i] = ~uint64_t{0};
    return;
  }
  auto* const place = reinterpret_cast<char*>(numbers_.data());
  const bool single = dtype == DType::Float32, plain = real_ && tags_.size() == 0;
  for (; plain && single && i + 4 <= count(); i += 4) {
    const v128_t low = wasm_f32x4_demote_f64x2_zero(wasm_v128_load(numbers_.data() + i)), high = wasm_f32x4_demote_f64x2_zero(wasm_v128_load(numbers_.data() + i + 2));
    wasm_v128_store(place + i * sizeof(float), wasm_i64x2_shuffle(low, high, 0, 2));
  }
  for (; i < count(); ++i) {
    const double value = tag(i) == kNull ? 0 : valueOf(i);
    const auto rounded = static_cast<float>(value);
    if (single) std::memcpy(place + i * sizeof rounded, &rounded, sizeof rounded);
    else std::memcpy(place + i * sizeof value, &value, sizeof value);
  }
}

bool JsonColumn::makeSplits(Feature& feature) {
  if (feature.rank == 1) return true;
  if (feature.rank == 2) {
    feature.row_splits = value_ends_.span();
  } else {
    // Steps of rows of depth 2 and more stand as they are; in the others each value is a step.
    if (!row_splits_.push(0) || !step_splits_.push(0)) return false;
    for (size_t row = 0; row < forms_.size(); ++row) {
      const bool has_steps = forms_[row] != kAbsent && (forms_[row] & kDepth) > 1;
      for (size_t i = stepsBefore(row); has_steps && i < stepsBefore(row + 1); ++i)
        if (!step_splits_.push(step_ends_[i])) return false;
      for (size_t i = value_ends_[row]; !has_steps && i < value_ends_[row + 1]; ++i)
        if (!step_splits_.push(static_cast<uint32_t>(i + 1))) return false;
      if (!row_splits_.push(static_cast<uint32_t>(step_splits_.size() - 1))) return false;
    }
    feature.row_splits = row_splits_.span();
    feature.step_splits = step_splits_.span();
  }
  feature.width = 0;
  for (size_t row = 0; row < forms_.size(); ++row) feature.width = std::max(feature.width, feature.row_splits[row + 1] - feature.row_splits[row]);
  return true;
}

bool JsonColumn::finish(uint32_t rows, Feature& feature, int64_t& huge) {
  huge = -1;
  feature = {};
  feature.rows = rows;
  if (!touched() && rows > 0) return true;  // no row has it: DType::None
  if (rows > forms_.size()) {
    if (!openRow(rows)) return false;
  }
  if (tags_.size() > 0 && !settleTags()) return false;
  uint32_t deepest = 0;
  bool any_array = false, any_dense = false, all_absent = true;
  for (size_t row = 0; row < forms_.size(); ++row) {
    if (forms_[row] == kAbsent) continue;
    all_absent = false;
    feature.sparse |= (forms_[row] & kSparse) != 0;
    any_dense |= (forms_[row] & kSparse) == 0;
    deepest = std::max<uint32_t>(deepest, forms_[row] & kDepth);
  }
  any_array = deepest > 0 || all_absent;
  feature.absent = all_absent;
  feature.rank = any_array ? std::max(deepest, 1u) + 1 : 1;
  const DType dtype = finalDtype(huge);
  if (huge >= 0) return true;
  if (feature.rank == 1 && !padAbsentRows()) return false;
  if (feature.sparse && any_dense && !markMissing()) return false;
  return convert(dtype, feature) && makeSplits(feature);
}

}  // namespace fcol

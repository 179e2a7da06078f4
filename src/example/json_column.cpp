#include "example/json_column.hpp"

#include <algorithm>
#include <cstring>

#include "base/bits.hpp"
#include "base/simd.hpp"

namespace fcol {
namespace {

constexpr int64_t kExact = (int64_t{1} << 53) - 1;  // JavaScript's Number.MAX_SAFE_INTEGER
constexpr int64_t kShort = int64_t{1} << 24;         // up to here every integer is a float32

int64_t asInteger(uint64_t bits) { return static_cast<int64_t>(bits); }

// To the next value of an array if a comma stands here, with at most the one blank that writers put.
bool nextInRun(const char*& at, const char* end) {
  if (at == end || *at != ',') return false;
  ++at;
  if (at < end && *at == ' ') ++at;
  return true;
}

}  // namespace

bool JsonColumn::openRow(uint32_t row) {
  if (forms_.size() > row) {
    forms_.truncate(row);
    value_ends_.truncate(row + 1);
    step_counts_.truncate(row + 1);
    kind_ = kind_before_;
    tags_.truncate(value_ends_.back());
    strings_.truncate(kind_ == Kind::Strings ? count() : 0);
    numbers_.truncate(kind_ == Kind::Numbers ? count() : 0);
    step_ends_.truncate(step_counts_.back());
  }
  const size_t missing = row - forms_.size();
  kind_before_ = kind_;
  depth_ = deepest_ = 0;
  has_value_ = false;
  return missing == 0 || (forms_.fill(missing, kAbsent) && value_ends_.fill(missing, value_ends_.back()) && step_counts_.fill(missing, step_counts_.back()));
}

void JsonColumn::expect(double times) {
  tags_.expect(times);
  strings_.expect(times);
  numbers_.expect(times);
  forms_.expect(times);
  value_ends_.expect(times);
  step_counts_.expect(times);
  step_ends_.expect(times);
}

bool JsonColumn::closeRow(bool sparse, bool absent) {
  return forms_.push(absent ? kAbsent : static_cast<uint8_t>(deepest_ | (sparse ? kSparse : 0))) && value_ends_.push(static_cast<uint32_t>(count())) &&
         step_counts_.push(static_cast<uint32_t>(step_ends_.size()));
}

// Counts one more value in; null may also stand in the place of an array.
JsonColumn::Problem JsonColumn::place(bool is_null) {
  if (!is_null) {
    if (depth_ != deepest_) return Problem::MixedDepths;
    has_value_ = true;
  }
  if (deepest_ > 1 && depth_ == 1 && !step_ends_.push(static_cast<uint32_t>(count()))) return Problem::NoMemory;
  return Problem::None;
}

JsonColumn::Problem JsonColumn::setKind(Kind kind) {
  if (kind_ != Kind::None) return Problem::MixedKinds;
  kind_ = kind;  // all values so far were null
  return (kind == Kind::Strings ? strings_.fillEmpty(count()) : numbers_.fill(count(), 0)) ? Problem::None : Problem::NoMemory;
}

JsonColumn::Problem JsonColumn::addString(std::string_view text) {
  if (kind_ != Kind::Strings) {
    const Problem problem = setKind(Kind::Strings);
    if (problem != Problem::None) return problem;
  }
  if (!strings_.push(text.data(), text.size()) || !tags_.push(0)) return Problem::NoMemory;
  return place(false);
}

JsonColumn::Problem JsonColumn::addNumber(const JsonNumber& number) {
  if (kind_ != Kind::Numbers) {
    const Problem problem = setKind(Kind::Numbers);
    if (problem != Problem::None) return problem;
  }
  const uint64_t bits = number.kind == JsonNumber::Integer ? static_cast<uint64_t>(number.integer) : bitCast<uint64_t>(number.real);
  if (!numbers_.push(bits) || !tags_.push(number.kind)) return Problem::NoMemory;
  return place(false);
}

JsonColumn::Problem JsonColumn::addNull() {
  if (kind_ == Kind::Strings && !strings_.push(nullptr, 0)) return Problem::NoMemory;
  if (kind_ == Kind::Numbers && !numbers_.push(0)) return Problem::NoMemory;
  if (!tags_.push(kNull)) return Problem::NoMemory;
  return place(true);
}

const char* JsonColumn::addRun(const char* at, const char* end) {
  if (depth_ != deepest_ || kind_ == Kind::None) return at;
  const char* behind = kind_ == Kind::Strings ? addStringRun(at, end) : addNumberRun(at, end);
  has_value_ |= behind != at;
  return behind;
}

const char* JsonColumn::addStringRun(const char* at, const char* end) {
  constexpr size_t kBlock = 16;
  const char* behind = at;
  do {
    if (at == end || *at != '"') return behind;
    // Copied block by block while the end is looked for: an escape or a byte that is not ASCII leaves it to the slow way.
    size_t size = 0;
    for (++at;; size += kBlock) {
      if (static_cast<size_t>(end - at) < size + kBlock) return behind;
      char* to = strings_.room(size + kBlock);
      if (!to || !tags_.reserve(1)) return nullptr;
      const v128_t bytes = wasm_v128_load(at + size);
      wasm_v128_store(to + size, bytes);
      const v128_t odd = wasm_i8x16_lt(bytes, wasm_i8x16_splat(0x20));  // as signed bytes: control characters, and beyond ASCII
      const uint32_t stop = wasm_i8x16_bitmask(wasm_v128_or(wasm_v128_or(odd, wasm_i8x16_eq(bytes, wasm_i8x16_splat('"'))),
                                                            wasm_i8x16_eq(bytes, wasm_i8x16_splat('\\'))));
      if (stop == 0) continue;
      size += static_cast<size_t>(__builtin_ctz(stop));
      break;
    }
    if (at[size] != '"') return behind;
    strings_.commit(size);
    *tags_.end() = 0;
    tags_.advance(1);
    at += size + 1;
    behind = at;
  } while (nextInRun(at, end));
  return behind;
}

const char* JsonColumn::addNumberRun(const char* at, const char* end) {
  const char* behind = at;
  do {
    if (!numbers_.reserve(1) || !tags_.reserve(1)) return nullptr;
    uint32_t digits, count = 0;
    // Most ids have less than 8 digits and end with a comma or the array.
    if (end - at >= 8) count = readUpToEightDigits(at, digits);
    if (count > 0 && count < 8 && (at[count] == ',' || at[count] == ']') && (*at != '0' || count == 1)) {
      at += count;
      *numbers_.end() = digits;
      *tags_.end() = kInteger;
    } else {
      JsonNumber number;
      at = readNumber(at, end, number);
      if (!at) return behind;
      *numbers_.end() = number.kind == JsonNumber::Integer ? static_cast<uint64_t>(number.integer) : bitCast<uint64_t>(number.real);
      *tags_.end() = number.kind;
    }
    numbers_.advance(1);
    tags_.advance(1);
    behind = at;
  } while (nextInRun(at, end));
  return behind;
}

JsonColumn::Problem JsonColumn::openArray() {
  if (++depth_ <= deepest_) return Problem::None;
  if (has_value_) return Problem::MixedDepths;
  if (depth_ > kMaxDepth) return Problem::TooDeep;
  if (depth_ == 2)  // what stood before this first step were nulls: a step each
    for (size_t i = value_ends_.back(); i < count(); ++i)
      if (!step_ends_.push(static_cast<uint32_t>(i + 1))) return Problem::NoMemory;
  deepest_ = depth_;
  return Problem::None;
}

JsonColumn::Problem JsonColumn::closeArray() {
  if (--depth_ == 1 && !step_ends_.push(static_cast<uint32_t>(count()))) return Problem::NoMemory;
  return Problem::None;
}

// One value a row, and some rows have none: they get a null.
bool JsonColumn::padAbsentRows() {
  if (count() == forms_.size()) return true;
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
void JsonColumn::markMissing(DType wanted) {
  const bool real = isFloating(wanted) || (wanted == DType::None && std::find(tags_.data(), tags_.data() + count(), kReal) != tags_.data() + count());
  for (size_t row = 0; row < forms_.size(); ++row) {
    if (forms_[row] & kSparse) continue;  // an absent row has no values either
    for (size_t i = value_ends_[row]; i < value_ends_[row + 1]; ++i) {
      const bool missing = kind_ == Kind::Strings ? strings_[i].empty()
                           : tags_[i] == kInteger ? asInteger(numbers_[i]) == (real ? 0 : -1)
                                                  : bitCast<double>(numbers_[i]) == (real ? 0 : -1);
      if (tags_[i] != kNull && missing) tags_[i] = kNull;
    }
  }
}

DType JsonColumn::finalDtype(DType wanted, int64_t& huge) const {
  huge = -1;
  if (kind_ == Kind::Strings) return DType::String;
  if (kind_ == Kind::None) return wanted == DType::String ? DType::String : DType::Number;
  if (isFloating(wanted)) return wanted;
  bool any_real = false, all_integral = true, all_exact = true, all_short = true;
  size_t first_huge = count();
  for (size_t i = 0; i < count(); ++i) {
    if (tags_[i] == kInteger) {
      const int64_t value = asInteger(numbers_[i]);
      all_exact &= value >= -kExact && value <= kExact;
      all_short &= value >= -kShort && value <= kShort;
    } else if (tags_[i] != kNull) {
      const double value = bitCast<double>(numbers_[i]);
      all_integral &= value >= -9223372036854775808.0 && value < 9223372036854775808.0 && static_cast<double>(static_cast<int64_t>(value)) == value;
      all_short &= static_cast<double>(static_cast<float>(value)) == value;
      any_real |= tags_[i] == kReal;
      if (tags_[i] == kHuge && first_huge == count()) first_huge = i;
    }
  }
  if (any_real && wanted == DType::None && !all_integral) return DType::Number;
  if (any_real) return all_short ? DType::Float32 : DType::Float64;
  if (first_huge < count())
    huge = std::upper_bound(value_ends_.data(), value_ends_.data() + value_ends_.size(), first_huge) - value_ends_.data() - 1;
  return all_exact && wanted != DType::Int64 ? DType::Number : DType::Int64;
}

bool JsonColumn::convert(DType dtype, Feature& feature) {
  feature.dtype = dtype;
  feature.count = static_cast<uint32_t>(count());
  uint8_t any_tag = 0;
  for (size_t i = 0; i < count(); ++i) any_tag |= tags_[i];
  if (dtype == DType::String) {
    if (kind_ == Kind::None && !strings_.fillEmpty(count())) return false;
    if (!strings_.finish()) return false;
    feature.strings = strings_.batch();
  } else {
    if (kind_ == Kind::None && !numbers_.fill(count(), 0)) return false;
    if (dtype == DType::Float32 && !floats_.reserve(count())) return false;
    const auto valueOf = [this](size_t i) {
      return tags_[i] == kNull ? 0 : tags_[i] == kInteger ? static_cast<double>(asInteger(numbers_[i])) : bitCast<double>(numbers_[i]);
    };
    if (dtype == DType::Float32) {
      for (size_t i = 0; i < count(); ++i) floats_.data()[i] = static_cast<float>(valueOf(i));
    } else if (dtype == DType::Int64) {
      for (size_t i = 0; i < count() && any_tag; ++i)
        if (tags_[i] == kNull) numbers_[i] = ~uint64_t{0};
    } else {
      for (size_t i = 0; i < count(); ++i) {
        const double value = valueOf(i);
        std::memcpy(numbers_.data() + i, &value, sizeof value);  // from here on these are doubles
      }
    }
    feature.numbers = dtype == DType::Float32 ? static_cast<const void*>(floats_.data()) : numbers_.data();
  }
  if (!any_tag) return true;
  bool any_null = false;
  for (size_t i = 0; i < count(); ++i) any_null |= tags_[i] = tags_[i] == kNull;
  if (any_null) feature.nulls = tags_.span();
  return true;
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
      for (size_t i = step_counts_[row]; has_steps && i < step_counts_[row + 1]; ++i)
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

bool JsonColumn::finish(uint32_t rows, DType wanted, Feature& feature, int64_t& huge) {
  huge = -1;
  feature = {};
  feature.rows = rows;
  if (!touched()) return true;  // no row has it: DType::None
  if (rows > forms_.size()) {
    if (!openRow(rows)) return false;
  }
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
  const DType dtype = finalDtype(wanted, huge);
  if (huge >= 0) return true;
  if (feature.rank == 1 && !padAbsentRows()) return false;
  if (feature.sparse && any_dense) markMissing(wanted);
  return convert(dtype, feature) && makeSplits(feature);
}

}  // namespace fcol

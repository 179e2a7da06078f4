#include "example/json_column.hpp"

#include <algorithm>

#include "base/bits.hpp"
#include "base/simd.hpp"

namespace fcol {
namespace {

// To the next value of an array if a comma stands here, with at most the one blank that writers put.
FCOL_INLINE bool nextInRun(const char*& at, const char* end) {
  if (at == end || *at != ',') return false;
  ++at;
  if (at < end && *at == ' ') ++at;
  return true;
}

}  // namespace

bool JsonColumn::reopenRow(uint32_t row) {
  const auto cut = [](auto& array, size_t size) { array.truncate(std::min(array.size(), size)); };
  forms_.truncate(row);
  value_ends_.truncate(row + 1);
  const uint32_t steps = stepsBefore(row), values = value_ends_.back();
  cut(step_counts_, row + 1);
  step_ends_.truncate(steps);
  kind_ = kind_before_;
  cut(tags_, values);
  strings_.truncate(kind_ == Kind::Strings ? values : 0);
  numbers_.truncate(kind_ == Kind::Numbers ? values : 0);
  return openRow(row);
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

// Writes down how many steps there are, now that there are some.
bool JsonColumn::countSteps() {
  const size_t missing = forms_.size() - step_counts_.size();  // of the rows before, from 0
  return step_counts_.fill(missing, stepsBefore(static_cast<uint32_t>(forms_.size() - 1))) && step_counts_.push(static_cast<uint32_t>(step_ends_.size()));
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

// Tells apart the last value.
bool JsonColumn::mark(Tag tag) { return tags_.fill(count() - 1 - tags_.size(), 0) && tags_.push(tag); }

JsonColumn::Problem JsonColumn::setKind(Kind kind) {
  if (kind_ != Kind::None) return Problem::MixedKinds;
  const size_t nulls = count();  // all values so far
  kind_ = kind;
  return (kind == Kind::Strings ? strings_.fillEmpty(nulls) : numbers_.fill(nulls, 0)) ? Problem::None : Problem::NoMemory;
}

JsonColumn::Problem JsonColumn::addString(std::string_view text) {
  if (kind_ != Kind::Strings) {
    const Problem problem = setKind(Kind::Strings);
    if (problem != Problem::None) return problem;
  }
  return strings_.push(text.data(), text.size()) ? place(false) : Problem::NoMemory;
}

FCOL_INLINE bool JsonColumn::pushNumber(const JsonNumber& number) {
  const double real = number.kind == JsonNumber::Integer ? static_cast<double>(number.integer) : number.real;
  if (number.kind == JsonNumber::Integer && !real_) return numbers_.push(static_cast<uint64_t>(number.integer));
  return numbers_.push(bitCast<uint64_t>(real)) && (real_ || mark(static_cast<Tag>(number.kind)));
}

JsonColumn::Problem JsonColumn::addNumber(const JsonNumber& number) {
  if (kind_ != Kind::Numbers) {
    const Problem problem = setKind(Kind::Numbers);
    if (problem != Problem::None) return problem;
  }
  return pushNumber(number) ? place(false) : Problem::NoMemory;
}

JsonColumn::Problem JsonColumn::addNull() {
  if (kind_ == Kind::Strings && !strings_.push(nullptr, 0)) return Problem::NoMemory;
  if (kind_ == Kind::Numbers && !numbers_.push(0)) return Problem::NoMemory;
  if (kind_ == Kind::None ? !tags_.push(kNull) : !mark(kNull)) return Problem::NoMemory;
  return place(true);
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
      if (!to) return nullptr;
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
    at += size + 1;
    behind = at;
  } while (nextInRun(at, end));
  return behind;
}

// Takes integers of less than 8 digits, as most ids are, that end with a comma or the array.
const char* JsonColumn::addShortIntegers(const char* at, const char* end) {
  constexpr size_t kSome = 32;
  const char* behind = at;
  for (;;) {
    if (!numbers_.reserve(kSome)) return nullptr;
    uint64_t* const first = numbers_.end();
    size_t taken = 0;
    for (; taken < kSome && end - at > 9; ++taken) {
      uint32_t digits;
      const uint32_t size = readUpToEightDigits(at, digits);
      const char next = at[size];
      if (size - 1 >= 7 || (next != ',' && next != ']') || (*at == '0' && size > 1)) break;
      first[taken] = digits;
      behind = at + size;
      at = behind + (behind[1] == ' ' ? 2 : 1);
      if (next == ']') {
        numbers_.advance(taken + 1);
        return behind;
      }
    }
    numbers_.advance(taken);
    if (taken < kSome) return behind;
  }
}

const char* JsonColumn::addNumberRun(const char* at, const char* end) {
  const char* behind = at;
  do {
    if (!real_) {
      const char* after = addShortIntegers(at, end);
      if (!after) return nullptr;
      if (after != at) {
        behind = at = after;
        if (!nextInRun(at, end)) return behind;
      }
    }
    JsonNumber number;
    at = readNumber(at, end, number);
    if (!at) return behind;
    if (!pushNumber(number)) return nullptr;
    behind = at;
  } while (nextInRun(at, end));
  return behind;
}

JsonColumn::Problem JsonColumn::openDeeper() {
  if (has_value_) return Problem::MixedDepths;
  if (depth_ > kMaxDepth) return Problem::TooDeep;
  if (depth_ == 2)  // what stood before this first step were nulls: a step each
    for (size_t i = value_ends_.back(); i < count(); ++i)
      if (!step_ends_.push(static_cast<uint32_t>(i + 1))) return Problem::NoMemory;
  deepest_ = depth_;
  return Problem::None;
}

}  // namespace fcol

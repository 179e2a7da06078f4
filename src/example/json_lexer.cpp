#include "example/json_lexer.hpp"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/inline.hpp"
#include "base/json.hpp"
#include "base/simd.hpp"
#include "text/integer_text.hpp"
#include "text/decimal.hpp"

namespace fcol {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool isUtf8(std::string_view text) {
  const auto* at = reinterpret_cast<const uint8_t*>(text.data());
  const auto* end = at + text.size();
  while (at < end) {
    const uint8_t first = *at++;
    if (first < 0x80) continue;
    const int more = first >= 0xc2 && first < 0xe0 ? 1 : first >= 0xe0 && first < 0xf0 ? 2 : first >= 0xf0 && first < 0xf5 ? 3 : 0;
    if (more == 0 || end - at < more) return false;
    // The second byte also rules out overlong forms, surrogates and what lies beyond U+10FFFF.
    const uint8_t low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80, high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (at[0] < low || at[0] > high) return false;
    for (int i = 1; i < more; ++i)
      if ((at[i] & 0xc0) != 0x80) return false;
    at += more;
  }
  return true;
}

// The number of 16 digits, each a byte: pairs, quads, eights and the whole.
FCOL_INLINE uint64_t sixteenDigits(v128_t digits) {
  const v128_t pairs = wasm_i16x8_add(wasm_i16x8_mul(wasm_v128_and(digits, wasm_i16x8_splat(0xff)), wasm_i16x8_splat(10)), wasm_u16x8_shr(digits, 8));
  const v128_t quads = wasm_i32x4_dot_i16x8(pairs, wasm_i32x4_splat(1 << 16 | 100));
  const v128_t eights = wasm_i32x4_dot_i16x8(wasm_i16x8_narrow_i32x4(quads, quads), wasm_i32x4_splat(1 << 16 | 10000));
  const auto both = static_cast<uint64_t>(wasm_i64x2_extract_lane(eights, 0));
  return (both & 0xffffffff) * 100000000 + (both >> 32);
}

// Steps over digits and appends them to `value`, which wraps around beyond 19 of them.
FCOL_INLINE const char* readDigits(const char* at, const char* end, uint64_t& value) {
  static constexpr uint64_t kPowers[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
                                         10000000000000, 100000000000000, 1000000000000000, 10000000000000000};
  if (end - at >= 16) {
    const v128_t digits = wasm_i8x16_sub(wasm_v128_load(at), wasm_i8x16_splat('0'));
    const int count = __builtin_ctz(wasm_i8x16_bitmask(wasm_u8x16_gt(digits, wasm_i8x16_splat(9))) | 1u << 16);
    const v128_t lanes = wasm_i8x16_make(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const v128_t last = wasm_i8x16_swizzle(digits, wasm_i8x16_add(lanes, wasm_i8x16_splat(static_cast<int8_t>(count - 16))));
    value = value * kPowers[count] + sixteenDigits(last);
    at += count;
    if (count < 16) return at;
  }
  while (at < end && isDigit(*at)) value = value * 10 + static_cast<uint64_t>(*at++ - '0');
  return at;
}

bool startsWith(const char* at, const char* end, std::string_view word) {
  return static_cast<size_t>(end - at) >= word.size() && std::string_view(at, word.size()) == word;
}

const char* readWord(const char* at, const char* end, bool negative, JsonNumber& number) {
  number.kind = JsonNumber::Real;
  if (!negative && startsWith(at, end, "NaN")) {
    number.real = std::numeric_limits<double>::quiet_NaN();
    return at + 3;
  }
  if (!startsWith(at, end, "Infinity")) return nullptr;
  number.real = negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  return at + 8;
}

}  // namespace

const char* readString(const char* at, const char* end, std::string& scratch, std::string_view& value) {
  const char* begin = at;
  bool ascii = true;
  for (;;) {
    if (end - at >= 16) {
      const v128_t bytes = wasm_v128_load(at);
      const v128_t stops = wasm_v128_or(wasm_v128_or(wasm_i8x16_eq(bytes, wasm_i8x16_splat('"')), wasm_i8x16_eq(bytes, wasm_i8x16_splat('\\'))),
                                        wasm_u8x16_lt(bytes, wasm_i8x16_splat(0x20)));
      const uint32_t stop = wasm_i8x16_bitmask(stops), high = wasm_i8x16_bitmask(bytes);
      if (stop == 0) {
        ascii = ascii && high == 0;
        at += 16;
        continue;
      }
      const auto before = static_cast<uint32_t>(__builtin_ctz(stop));
      ascii = ascii && (high & ((1u << before) - 1)) == 0;
      at += before;
      break;
    }
    for (; at < end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20; ++at)
      ascii = ascii && static_cast<unsigned char>(*at) < 0x80;
    if (at == end) return nullptr;
    break;
  }
  if (*at == '"') {
    value = {begin, static_cast<size_t>(at - begin)};
    return ascii || isUtf8(value) ? at + 1 : nullptr;
  }
  scratch.clear();
  const char* after = readJsonString(begin, end, scratch);
  value = scratch;
  return after && isUtf8(value) ? after : nullptr;
}

const char* readNumber(const char* at, const char* end, JsonNumber& number) {
  const char* begin = at;
  const bool negative = at < end && *at == '-';
  if (negative) ++at;
  if (at < end && !isDigit(*at)) return readWord(at, end, negative, number);

  const char* first = at;
  uint64_t digits = 0;  // wraps around beyond 19 digits: then it is not used
  if (end - at > 1 && at[1] == '.') digits = static_cast<uint64_t>(*at++ - '0');  // as of most fractions
  else at = readDigits(at, end, digits);
  if (at == first || (*first == '0' && at - first > 1)) return nullptr;
  if (at == end || (*at != '.' && *at != 'e' && *at != 'E')) {
    number.kind = JsonNumber::Integer;
    if (at - first <= 18) {
      number.integer = negative ? -static_cast<int64_t>(digits) : static_cast<int64_t>(digits);
      return at;
    }
    const auto integer = parseInt64({begin, static_cast<size_t>(at - begin)});
    if (integer) {
      number.integer = *integer;
    } else {
      number.kind = JsonNumber::Huge;
      number.real = decimalToDouble({begin, static_cast<size_t>(at - begin)});
    }
    return at;
  }

  number.kind = JsonNumber::Real;
  int64_t power = 0;
  auto count = at - first;
  if (*at == '.') {
    const char* fraction = ++at;
    at = readDigits(at, end, digits);
    if (at == fraction) return nullptr;
    power = fraction - at;
    count += at - fraction;
  }
  if (at < end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool down = at < end && *at == '-';
    if (at < end && (*at == '-' || *at == '+')) ++at;
    const char* exponent = at;
    int64_t value = 0;
    for (; at < end && isDigit(*at); ++at) value = value < 100000 ? value * 10 + (*at - '0') : value;
    if (at == exponent) return nullptr;
    power += down ? -value : value;
  }
  if (count > 19 || !shortDecimal(digits, power, negative, number.real)) number.real = decimalToDouble({begin, static_cast<size_t>(at - begin)});
  return at;
}

}  // namespace fcol

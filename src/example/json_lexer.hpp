// The words of JSON rows, read without copying where they can be: strings point into the text, numbers become int64 or double.
// White space is within a line only: a line break ends a row. See base/json.hpp for the reader of specs.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace fcol {

inline const char* skipBlanks(const char* at, const char* end) {
  while (at < end && static_cast<unsigned char>(*at) <= ' ' && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
  return at;
}

// The number of digits, at most 8, that stand at `at`, and their value (0 if there is none). Requires 8 readable bytes.
// In the word that holds them the first digit is the lowest byte; pairs, quads and the whole are put together by multiplication.
inline uint32_t readUpToEightDigits(const char* at, uint32_t& value) {
  uint64_t word;
  std::memcpy(&word, at, sizeof word);
  word ^= 0x3030303030303030;
  // The high bit of each byte over 9; a carry can only spoil the bytes behind the first such one.
  const uint64_t others = ((word + 0x7676767676767676) | word) & 0x8080808080808080;
  const uint32_t count = others ? static_cast<uint32_t>(__builtin_ctzll(others)) / 8 : 8;
  value = 0;
  if (count == 0) return 0;
  word <<= 64 - 8 * count;
  word = word * 10 + (word >> 8);
  value = static_cast<uint32_t>(((word & 0x000000ff000000ff) * 0x000f424000000064 + (word >> 16 & 0x000000ff000000ff) * 0x0000271000000001) >> 32);
  return count;
}

// `at` is behind the opening quote. `value` points into the text, or into `scratch` if there are escapes. The position behind
// the closing quote, or null if the string is not closed, is not UTF-8, or is otherwise no JSON string.
const char* readString(const char* at, const char* end, std::string& scratch, std::string_view& value);

struct JsonNumber {
  enum Kind : uint8_t {
    Integer,  // without fraction and exponent, in 64 bits
    Real,     // with fraction or exponent; NaN, Infinity and -Infinity as Python writes them
    Huge,     // an integer literal that does not fit in 64 bits, as `real`
  };
  Kind kind;
  int64_t integer;
  double real;  // the nearest to the decimal text
};

// The position behind a number that starts at `at`, or null if there is none.
const char* readNumber(const char* at, const char* end, JsonNumber& number);

}  // namespace fcol

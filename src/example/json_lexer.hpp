// The words of JSON rows, read without copying where they can be: strings point into the text, numbers become int64 or double.
// White space is within a line only: a line break ends a row. See base/json.hpp for the reader of specs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace fcol {

inline const char* skipBlanks(const char* at, const char* end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\r')) ++at;
  return at;
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

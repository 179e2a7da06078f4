// Decimal text to the nearest double, exactly: ties to even, as strtod. The C library's would be 13 KB of wasm and, where long double
// is computed in software, half a microsecond a number.
#pragma once

#include <cstdint>
#include <string_view>

namespace fcol {

// `text` is a JSON number: -?digits[.digits][(e|E)[+-]digits], with at least one digit; leading zeros are allowed. Too large
// numbers are infinite, too small ones zero.
double decimalToDouble(std::string_view text);

// The same of ±digits × 10^power, where that is quickly said: false where it takes the text. Requires that no digit is lost in `digits`.
bool shortDecimal(uint64_t digits, int64_t power, bool negative, double& value);

}  // namespace fcol

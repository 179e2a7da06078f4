#include "text/integer_text.hpp"

#include <cstring>

namespace fcol {
namespace {

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::optional<int64_t> parseDigits(std::string_view digits, bool negative) {
  if (digits.empty()) return std::nullopt;
  const uint64_t limit = (uint64_t{1} << 63) - (negative ? 0 : 1);
  uint64_t value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    const auto digit = static_cast<uint64_t>(c - '0');
    if (value > (limit - digit) / 10) return std::nullopt;
    value = value * 10 + digit;
  }
  return static_cast<int64_t>(negative ? uint64_t{0} - value : value);
}

}  // namespace

Int64Text::Int64Text(int64_t value) {
  char digits[sizeof text];
  char* const end = digits + sizeof digits;
  char* at = end;
  uint64_t magnitude = value < 0 ? uint64_t{0} - static_cast<uint64_t>(value) : static_cast<uint64_t>(value);
  do *--at = static_cast<char>('0' + magnitude % 10);
  while (magnitude /= 10);
  if (value < 0) *--at = '-';
  length = static_cast<uint8_t>(end - at);
  std::memcpy(text, at, length);
}

std::optional<int64_t> parseInt64(std::string_view text) {
  const bool negative = !text.empty() && text[0] == '-';
  return parseDigits(text.substr(negative), negative);
}

std::optional<int64_t> parseInt64Loosely(std::string_view text) {
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  const bool negative = !text.empty() && text[0] == '-';
  const bool sign = negative || (!text.empty() && text[0] == '+');
  return parseDigits(text.substr(sign), negative);
}

}  // namespace fcol

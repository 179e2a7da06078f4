#include "base/error.hpp"

#include <cstdio>
#include <cstdlib>
#include <iterator>

#include "base/result.hpp"

namespace fcol {

std::string_view errorCodeName(ErrorCode code) {
  static constexpr std::string_view kNames[] = {
#define FCOL_ERROR(name, text, meaning) text,
#include "base/error_codes.inc"
#undef FCOL_ERROR
  };
  return kNames[static_cast<size_t>(code)];
}

Error::Error(ErrorCode code, std::string message) : code(code), message(std::move(message)) {}
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(Error&& other) noexcept = default;
Error::Error(const Error& other) = default;
Error& Error::operator=(const Error& other) = default;
Error::~Error() = default;

Error& Error::at(std::string_view column_name, int64_t row_index) {
  column = column_name;
  row = row_index;
  return *this;
}

Failure::Failure(Error error) : error_(new Error(std::move(error))) {}

void Failure::destroy() { delete error_; }

Error error(ErrorCode code, std::string message) { return Error(code, std::move(message)); }

void TextPart::appendTo(std::string& text) const {
  switch (kind_) {
    case Kind::Text: text.append(text_); break;
    case Kind::Signed: text.append(toText(signed_)); break;
    case Kind::Unsigned: text.append(toText(unsigned_)); break;
    case Kind::Number: text.append(toText(number_)); break;
  }
}

std::string joinParts(std::initializer_list<TextPart> parts) {
  std::string text;
  for (const auto& part : parts) part.appendTo(text);
  return text;
}

std::string toText(uint64_t value) {
  char digits[20];
  char* at = std::end(digits);
  do *--at = static_cast<char>('0' + value % 10);
  while (value /= 10);
  return {at, std::end(digits)};
}

std::string toText(int64_t value) {
  // Negating in unsigned arithmetic is defined for the smallest int64 too.
  return value < 0 ? '-' + toText(uint64_t{0} - static_cast<uint64_t>(value)) : toText(static_cast<uint64_t>(value));
}

std::string toText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  if (std::strtod(text, nullptr) != value) std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

std::string quoted(std::string_view value) {
  constexpr size_t kShown = 64;
  static constexpr char kHex[] = "0123456789abcdef";
  std::string text = "\"";
  size_t at = 0;
  for (; at < value.size() && at < kShown;) {
    const auto byte = static_cast<unsigned char>(value[at]);
    const size_t length = byte < 0x80 ? 1 : byte >= 0xc2 && byte < 0xe0 ? 2 : byte >= 0xe0 && byte < 0xf0 ? 3 : byte >= 0xf0 && byte < 0xf5 ? 4 : 0;
    bool whole = length > 0 && at + length <= value.size();
    for (size_t i = 1; whole && i < length; ++i) whole = (static_cast<unsigned char>(value[at + i]) & 0xc0) == 0x80;
    if (!whole || byte < 0x20 || byte == 0x7f) {
      text.append("\\x").append(1, kHex[byte >> 4]).append(1, kHex[byte & 15]);
      at += 1;
    } else {
      if (byte == '"' || byte == '\\') text += '\\';
      text.append(value.substr(at, length));
      at += length;
    }
  }
  return text.append(at < value.size() ? "\"…" : "\"");
}

}  // namespace fcol

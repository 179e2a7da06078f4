#include "base/error.hpp"

#include <iterator>

#include "base/message.hpp"

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

Failure errorOf(ErrorCode code, const char* text, const TextPart* values) { return Failure(Error(code, formatParts(text, values))); }

MessageWriter (*message_writer)() = [] { return &writeMessage; };

std::string formatParts(const char* text, const TextPart* values) {
  std::string message;
  if (const MessageWriter write = message_writer()) write(text, values, message);
  return message;
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

}  // namespace fcol

// What went wrong, where, and what to do: the one error type of the core. Nothing here throws.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace fcol {

enum class ErrorCode : uint8_t {
#define FCOL_ERROR(name, text, meaning) name,
#include "base/error_codes.inc"
#undef FCOL_ERROR
};

// The public name of a code, as JavaScript sees it: "out_of_range".
std::string_view errorCodeName(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::Internal;
  std::string message;  // a sentence: what, where, TensorFlow's searchable phrase, the remedy
  std::string column;   // name of the column or key of the feature, empty if none is to blame
  int64_t row = -1;     // first bad row of the batch (or line of a file), -1 if none is to blame
  std::string value;    // the offending value as text, empty if none

  // Out of line, as errors are made in hundreds of places and never where it is hot: the wasm is a quarter smaller for it.
  Error(ErrorCode code, std::string message);
  Error(Error&& other) noexcept;
  Error& operator=(Error&& other) noexcept;
  Error(const Error& other);
  Error& operator=(const Error& other);
  ~Error();

  Error& at(std::string_view column_name, int64_t row_index = -1);
};

Error error(ErrorCode code, std::string message);

// Joins text and numbers into a message without <format> or <sstream> (both are large in wasm).
std::string toText(int64_t value);
std::string toText(uint64_t value);
inline std::string toText(uint32_t value) { return toText(static_cast<uint64_t>(value)); }
inline std::string toText(int32_t value) { return toText(static_cast<int64_t>(value)); }
std::string toText(double value);  // nine significant digits

// A piece of a message: text, or a number by value, so that join() is one function and not one for each list of types.
class TextPart {
 public:
  TextPart(std::string_view text) : kind_(Kind::Text), text_(text) {}
  TextPart(const std::string& text) : TextPart(std::string_view(text)) {}
  TextPart(const char* text) : kind_(Kind::Literal), literal_(text) {}
  TextPart(int64_t value) : kind_(Kind::Signed), signed_(value) {}
  TextPart(int32_t value) : TextPart(int64_t{value}) {}
  TextPart(uint64_t value) : kind_(Kind::Unsigned), unsigned_(value) {}
  TextPart(uint32_t value) : TextPart(uint64_t{value}) {}
  TextPart(double value) : kind_(Kind::Number), number_(value) {}
  // size_t is one of the above natively, and a type of its own in wasm.
  template <typename Size>
    requires(std::is_same_v<Size, unsigned long> && !std::is_same_v<Size, uint64_t> && !std::is_same_v<Size, uint32_t>)
  TextPart(Size value) : TextPart(uint64_t{value}) {}

  void appendTo(std::string& text) const;

 private:
  enum class Kind : uint32_t { Text, Literal, Signed, Unsigned, Number } kind_;
  union {
    std::string_view text_;
    const char* literal_;  // its length is not in the code of each call
    int64_t signed_;
    uint64_t unsigned_;
    double number_;
  };
};

std::string joinParts(std::initializer_list<TextPart> parts);

template <typename... Parts>
inline std::string join(const Parts&... parts) {
  return joinParts({TextPart(parts)...});
}

// A value quoted for a message: at most 64 bytes of it, control characters and broken UTF-8 escaped.
std::string quoted(std::string_view value);

}  // namespace fcol

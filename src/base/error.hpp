// What went wrong, where, and what to do: the one error type of the core. Nothing here throws.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/inline.hpp"

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

// An error on its way up: one pointer, so that passing it through many functions costs little code.
class Failure {
 public:
  Failure() = default;
  explicit Failure(Error error);
  Failure(Failure&& other) noexcept : error_(std::exchange(other.error_, nullptr)) {}
  Failure& operator=(Failure&& other) noexcept {
    std::swap(error_, other.error_);
    return *this;
  }
  ~Failure() {
    if (error_) destroy();
  }
  explicit operator bool() const { return error_ != nullptr; }
  Error& error() const { return *error_; }
  Error* operator->() const { return error_; }

 private:
  void destroy();
  Error* error_ = nullptr;
};

// Numbers as text without <format> or <sstream> (both are large in wasm).
std::string toText(int64_t value);
std::string toText(uint64_t value);
inline std::string toText(uint32_t value) { return toText(static_cast<uint64_t>(value)); }
inline std::string toText(int32_t value) { return toText(static_cast<int64_t>(value)); }

class Json;
enum class DType : uint8_t;

// A value in a message, not yet text: it is written where the message is put together, once for all, and leaves nothing to tidy up
// where an error is made. What it views has to live until then.
class TextPart {
 public:
  TextPart(std::string_view text) : kind_(Kind::Text), text_(text) {}
  TextPart(const std::string& text) : kind_(Kind::String), string_(&text) {}
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

  void appendTo(std::string& text) const;  // message.hpp

 private:
  friend TextPart quoted(std::string_view value);
  friend TextPart shown(const Json& value);
  friend TextPart dtypeText(DType dtype);

  enum class Kind : uint32_t { Text, String, Literal, Signed, Unsigned, Number, Quoted, Json, DType } kind_;
  union {
    std::string_view text_;
    const std::string* string_;
    const char* literal_;  // its length is not in the code of each call
    int64_t signed_;
    uint64_t unsigned_;
    double number_;
    const Json* json_;
    DType dtype_;
  };
};

// Text in quotes: at most 64 bytes of it, control characters and broken UTF-8 escaped.
inline TextPart quoted(std::string_view value) {
  TextPart part(value);
  part.kind_ = TextPart::Kind::Quoted;
  return part;
}
// A JSON value as Python prints it where that is simple: None, bare strings; at most 64 bytes of it.
inline TextPart shown(const Json& value) {
  TextPart part("");
  part.kind_ = TextPart::Kind::Json;
  part.json_ = &value;
  return part;
}
// As TensorFlow prints a dtype: <dtype: 'int64'>.
inline TextPart dtypeText(DType dtype) {
  TextPart part("");
  part.kind_ = TextPart::Kind::DType;
  part.dtype_ = dtype;
  return part;
}

// The values of a message, one behind the other.
template <size_t Count>
struct TextParts {
  TextPart parts[Count];
  operator const TextPart*() const { return parts; }
};
template <>
struct TextParts<0> {
  operator const TextPart*() const { return nullptr; }
};
template <typename... Values>
FCOL_INLINE TextParts<sizeof...(Values)> partsOf(const Values&... values) {
  if constexpr (sizeof...(Values) == 0) return {};
  else return {{TextPart(values)...}};
}

// Appends `text` with the values in place of each {}: writeMessage of message.hpp.
using MessageWriter = void (*)(const char* text, const TextPart* values, std::string& message);

// Asked for that whenever a message is put together. In wasm it is in a part of its own, with the texts, which then has to be brought
// (wasm/parts.mjs). Null: it cannot be had, and the message is empty.
extern MessageWriter (*message_writer)();

// A message: `text` with the values in place of each {}. One function, and not one for each list of types; what a call costs is its values.
// For errors only: see message_writer.
std::string formatParts(const char* text, const TextPart* values);
template <typename... Values>
FCOL_INLINE std::string format(const char* text, const Values&... values) {
  return formatParts(text, partsOf(values...));
}

Failure errorOf(ErrorCode code, const char* text, const TextPart* values);
template <typename... Values>
FCOL_INLINE Failure error(ErrorCode code, const char* text, const Values&... values) {
  return errorOf(code, text, partsOf(values...));
}

}  // namespace fcol

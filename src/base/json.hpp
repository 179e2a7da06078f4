// Json: a small strict reader of JSON text (RFC 8259), for specs. Rows of data take the streaming reader in example/.
//
// The tree points into the text it was read from: keep that text alive. Numbers stay text until asked for, so that
// 64-bit integers are exact. Hostile text costs at most memory in proportion to its length and kMaxDepth stack frames.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace fcol {

class Json {
 public:
  enum class Type : uint8_t { Null, Bool, Number, String, Array, Object };
  static constexpr int kMaxDepth = 64;

  static Result<Json> parse(std::string_view text);
  // `bits`: of each number in the text the float64 that it stands for, as the 16 hexadecimal digits of its bits. Who has them at hand
  // need not read decimals.
  static Result<Json> parse(std::string_view text, std::string_view bits);

  Type type() const { return type_; }
  bool isNull() const { return type_ == Type::Null; }
  bool isBool() const { return type_ == Type::Bool; }
  bool isNumber() const { return type_ == Type::Number; }
  bool isString() const { return type_ == Type::String; }
  bool isArray() const { return type_ == Type::Array; }
  bool isObject() const { return type_ == Type::Object; }

  bool boolean() const { return type_ == Type::Bool && text_ == "true"; }
  // The literal of a number, such as "-12" or "3.0e5".
  std::string_view literal() const { return text_; }
  std::optional<int64_t> integer() const;  // only a number without fraction and exponent that fits
  double number() const { return number_; }  // 0 unless it is a number
  const std::string& string() const { return string_; }

  const std::vector<Json>& items() const { return items_; }                 // of an array; values of an object
  const std::vector<std::string>& keys() const { return keys_; }            // of an object, parallel to items()
  // The member of an object; null (the JSON one) if there is none or this is no object. Of equal keys the last counts.
  const Json& operator[](std::string_view key) const;
  bool has(std::string_view key) const;

  // Whether it says the same, however it was written: white space, escapes, the order of members. Numbers by their literals.
  bool operator==(const Json& other) const;

  // The text this value was read from.
  std::string_view source() const { return source_; }

 private:
  template <typename Numbers>
  friend class JsonParser;
  Type type_ = Type::Null;
  double number_ = 0;
  std::string_view text_;
  std::string_view source_;
  std::string string_;
  std::vector<Json> items_;
  std::vector<std::string> keys_;
};

// --- lexing, shared with the streaming reader of rows ---

// Position after white space.
const char* skipJsonSpace(const char* at, const char* end);
// `at` is behind the opening quote. Appends the unescaped UTF-8 to `out`; returns the position behind the closing quote,
// or null if the string is not closed, has a raw control character or a bad escape. Half of a surrogate pair, which JSON.stringify
// writes of a string that has it, becomes U+FFFD, as it does in strings of JavaScript.
const char* readJsonString(const char* at, const char* end, std::string& out);
// The position behind a number literal that starts at `at`, or null if there is none. `is_integer`: no fraction, no exponent.
const char* skipJsonNumber(const char* at, const char* end, bool& is_integer);

// A string as a JSON literal with its quotes.
void appendJsonString(std::string& out, std::string_view value);
// "key":"value", and a comma before it unless it is the first of its object.
void appendJsonMember(std::string& out, std::string_view key, std::string_view value);

}  // namespace fcol

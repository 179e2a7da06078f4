// JsonWriter: JSON text piece by piece. Commas are its own affair.
//
// Numbers that JSON's decimals would round, or that JavaScript's would, are tagged objects, so that the reader gets every bit:
// {"f32": bits} or {"f32": [bits, …]}, {"f64": [low word, high word]}, {"i64": "decimal"}, {"u64": "decimal"}.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace fcol {

class JsonWriter {
 public:
  JsonWriter& key(std::string_view name);  // of the value that is written next
  JsonWriter& open(char bracket);          // '{' or '['
  JsonWriter& close(char bracket);
  JsonWriter& text(std::string_view value);
  JsonWriter& count(uint64_t value);  // small enough for a double
  JsonWriter& integer(int64_t value);
  JsonWriter& hash(uint64_t value);
  JsonWriter& float32(float value);
  JsonWriter& floats(std::span<const float> values);
  JsonWriter& float64(double value);
  JsonWriter& truth(bool value);
  JsonWriter& null();

  std::string take() { return std::move(text_); }

 private:
  void separate();
  JsonWriter& raw(std::string_view value);

  std::string text_;
};

}  // namespace fcol

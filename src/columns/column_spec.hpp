// ColumnSpec: one column's JSON object, its fields read with TensorFlow's checks and phrases. JSON null is Python's None:
// the same as an absent field.
#pragma once

#include <initializer_list>
#include <optional>

#include "base/json.hpp"
#include "columns/column_error.hpp"

namespace fcol {

class ColumnSpec {
 public:
  explicit ColumnSpec(const Json& json) : json_(json) {}

  const Json& json() const { return json_; }
  const Json& operator[](std::string_view field) const { return json_[field]; }
  std::string_view type() const { return json_["type"].string(); }
  // What messages call the column: its key, or its type if it has none.
  std::string_view label() const { return json_["key"].isString() ? std::string_view(json_["key"].string()) : type(); }

  template <typename... Values>
  FCOL_INLINE Failure invalid(const char* text, const Values&... values) const {
    return invalidOf(text, partsOf(values...));
  }
  // Errors: InvalidSpec for a field that is neither "type" nor one of `known`.
  Result<void> checkFields(std::initializer_list<std::string_view> known) const;
  // Errors: "key must be a string."
  Result<std::string> key(std::string_view field = "key") const;
  Result<std::optional<int64_t>> integer(std::string_view field) const;
  Result<bool> boolean(std::string_view field, bool fallback) const;
  // Absent: nullopt. A name that is no dtype: DType::None, so that each function can refuse it with its own phrase.
  std::optional<DType> dtype(std::string_view field = "dtype") const;
  // The handle of something loaded, if given.
  Result<std::optional<uint32_t>> handle(std::string_view field) const;

 private:
  Failure invalidOf(const char* text, const TextPart* values) const;

  const Json& json_;
};

// What Python calls its type: "NoneType", "int", "str", …
std::string_view pythonType(const Json& value);
// The dtype of a definition as TensorFlow prints it, or the name that is none.
TextPart shownDtype(const Json& value, DType dtype);

}  // namespace fcol

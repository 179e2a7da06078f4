#include "columns/column_spec.hpp"

namespace fcol {

Failure ColumnSpec::invalidOf(const char* text, const TextPart* values) const {
  return columnErrorOf(ErrorCode::InvalidDefinition, label(), -1, text, values);
}

std::string_view pythonType(const Json& value) {
  switch (value.type()) {
    case Json::Type::Null: return "NoneType";
    case Json::Type::Bool: return "bool";
    case Json::Type::Number: return value.integer() ? "int" : "float";
    case Json::Type::String: return "str";
    case Json::Type::Array: return "list";
    case Json::Type::Object: return "dict";
  }
  return "";
}

TextPart shownDtype(const Json& value, DType dtype) { return dtype == DType::None ? shown(value) : dtypeText(dtype); }

Result<void> ColumnSpec::checkFields(std::initializer_list<std::string_view> known) const {
  for (const auto& field : json_.keys()) {
    bool found = field == "type";
    for (const auto name : known) found |= field == name;
    if (found) continue;
    std::string message = format("{} has no field {}; it has", type(), quoted(field));
    for (const auto name : known) message.append(" ").append(name);
    return columnError(ErrorCode::InvalidSpec, label(), "{}", message);
  }
  return {};
}

Result<std::string> ColumnSpec::key(std::string_view field) const {
  const Json& value = json_[field];
  if (!value.isString()) return invalid("{} must be a string. Got: type <class '{}'>. Given key: {}.", field, pythonType(value), shown(value));
  return value.string();
}

Result<std::optional<int64_t>> ColumnSpec::integer(std::string_view field) const {
  const Json& value = json_[field];
  if (value.isNull()) return std::optional<int64_t>();
  const auto number = value.integer();
  if (!number) return invalid("{} must be an integer. Given: {}", field, shown(value));
  return number;
}

Result<bool> ColumnSpec::boolean(std::string_view field, bool fallback) const {
  const Json& value = json_[field];
  if (value.isNull()) return fallback;
  if (!value.isBool()) return invalid("{} must be true or false. Given: {}", field, shown(value));
  return value.boolean();
}

std::optional<DType> ColumnSpec::dtype(std::string_view field) const {
  const Json& value = json_[field];
  if (value.isNull()) return std::nullopt;
  return value.isString() ? dtypeFromName(value.string()).value_or(DType::None) : DType::None;
}

Result<std::optional<uint32_t>> ColumnSpec::handle(std::string_view field) const {
  const Json& value = json_[field];
  if (value.isNull()) return std::optional<uint32_t>();
  const auto number = value.integer();
  if (!number || *number <= 0 || *number > UINT32_MAX)
    return columnError(ErrorCode::InvalidSpec, label(), "{} must be a handle. Given: {}", field, shown(value));
  return std::optional<uint32_t>(static_cast<uint32_t>(*number));
}

}  // namespace fcol

#include "columns/column_spec.hpp"

namespace fcol {

std::string shown(const Json& value) {
  if (value.isNull()) return "None";
  if (value.isString()) {  // bare, as Python's format prints it
    const std::string text = quoted(value.string());
    const size_t end = text.rfind('"');
    return text.substr(1, end - 1) + text.substr(end + 1);
  }
  constexpr size_t kShown = 64;
  const std::string_view source = value.source();
  if (source.size() <= kShown) return std::string(source);
  size_t end = kShown;  // not amid a character
  while (end > 0 && (static_cast<unsigned char>(source[end]) & 0xc0) == 0x80) --end;
  return std::string(source.substr(0, end)) + "…";
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

std::string shownDtype(const Json& value, DType dtype) { return dtype == DType::None ? shown(value) : dtypeText(dtype); }

Result<void> ColumnSpec::checkFields(std::initializer_list<std::string_view> known) const {
  for (const auto& field : json_.keys()) {
    bool found = field == "type";
    for (const auto name : known) found |= field == name;
    if (found) continue;
    std::string message = join(type(), " has no field ", quoted(field), "; it has");
    for (const auto name : known) message.append(" ").append(name);
    return columnError(ErrorCode::InvalidSpec, label(), message);
  }
  return {};
}

Result<std::string> ColumnSpec::key(std::string_view field) const {
  const Json& value = json_[field];
  if (!value.isString()) return invalid(join(field, " must be a string. Got: type <class '", pythonType(value), "'>. Given key: ", shown(value), "."));
  return value.string();
}

Result<std::optional<int64_t>> ColumnSpec::integer(std::string_view field) const {
  const Json& value = json_[field];
  if (value.isNull()) return std::optional<int64_t>();
  const auto number = value.integer();
  if (!number) return invalid(join(field, " must be an integer. Given: ", shown(value)));
  return number;
}

Result<bool> ColumnSpec::boolean(std::string_view field, bool fallback) const {
  const Json& value = json_[field];
  if (value.isNull()) return fallback;
  if (!value.isBool()) return invalid(join(field, " must be true or false. Given: ", shown(value)));
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
    return columnError(ErrorCode::InvalidSpec, label(), join(field, " must be a handle. Given: ", shown(value)));
  return std::optional<uint32_t>(static_cast<uint32_t>(*number));
}

}  // namespace fcol

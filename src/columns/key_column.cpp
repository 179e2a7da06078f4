#include "columns/key_column.hpp"

#include "base/inline.hpp"
#include "base/room.hpp"
#include "columns/coverage.hpp"
#include "columns/integer_values.hpp"
#include "columns/missing.hpp"
#include "columns/raw_value.hpp"
#include "text/fingerprint64.hpp"

namespace fcol {

// The ids of a dictionary's entries are found once, and handed out.
Result<void> KeyColumn::mapAll(const Feature& feature, Scratch& scratch, Unknown unknown, std::vector<int64_t>& ids) const {
  if (feature.keys.empty()) return mapValues(feature, scratch, unknown, ids);
  Feature entries;
  entries.dtype = feature.dtype;
  entries.strings = feature.strings;
  entries.rows = entries.count = static_cast<uint32_t>(feature.strings.size());
  FCOL_TRY(mapValues(entries, scratch, unknown, scratch.integers));
  FCOL_TRY(makeRoom(ids, feature.count));
  for (uint32_t i = 0; i < feature.count; ++i) ids[i] = scratch.integers[feature.keys[i]];
  return {};
}

Result<void> KeyColumn::transform(Transformation& features, IdBatch& out) const {
  FCOL_ASSIGN(feature, features.feature(input_));
  FCOL_TRY(mapAll(*feature, features.scratch(), Unknown::Replace, out.ids));
  FCOL_ASSIGN(missing, findMissing(*feature, MissingRule::Ids, features.scratch().missing));
  return takeShape(*feature, missing, out);
}

FCOL_SMALL Result<void> KeyColumn::explain(Transformation& features, JsonWriter& json) const {
  FCOL_ASSIGN(feature, features.feature(input_));
  std::vector<int64_t> ids, found;
  FCOL_TRY(mapAll(*feature, features.scratch(), Unknown::Keep, found));
  FCOL_TRY(mapAll(*feature, features.scratch(), Unknown::Replace, ids));
  FCOL_ASSIGN(missing, findMissing(*feature, MissingRule::Ids, features.scratch().missing));
  json.key("key").text(name()).key("values").open('[');
  uint32_t step = 0;
  for (uint32_t i = 0; i < feature->count; ++i) {
    json.open('{').key("value");
    writeRawValue(*feature, i, json);
    if (feature->rank > 2) {
      while (feature->step_splits[step + 1] <= i) ++step;
      json.key("step").count(step);
    }
    if (!missing.empty() && missing[i]) {
      json.key("dropped").text(feature->isNull(i) ? "null is missing" : feature->dtype == DType::String ? "'' is missing" : "-1 is missing");
    } else {
      explainValue(*feature, i, found[i], json);
      json.key("id").integer(ids[i]);
    }
    json.close('}');
  }
  json.close(']');
  return {};
}

FCOL_SMALL Result<void> KeyColumn::cover(Coverage& coverage) const {
  if (!coverage.isNew(type(), name())) return {};
  const Feature& feature = coverage.features().raw(input_);
  Coverage::Counts counts;
  std::span<const uint8_t> missing;
  if (feature.dtype != DType::None) {
    std::vector<int64_t> found;
    Scratch& scratch = coverage.features().scratch();
    FCOL_TRY(mapAll(feature, scratch, Unknown::Keep, found));
    FCOL_ASSIGN(flags, findMissing(feature, MissingRule::Ids, scratch.missing));
    missing = flags;
    for (uint32_t i = 0; i < feature.count; ++i) {
      if (!missing.empty() && missing[i]) {
        ++counts.missing;
        continue;
      }
      bool out_of_vocabulary = false, out_of_range = false;
      coverValue(found[i], out_of_vocabulary, out_of_range);
      counts.out_of_vocabulary += out_of_vocabulary;
      counts.out_of_range += out_of_range;
      if (out_of_vocabulary || out_of_range) counts.unknown.push_back(i);
    }
  }
  coverage.write(type(), name(), feature, missing, counts);
  return {};
}

FCOL_SMALL void KeyColumn::explainHash(const Feature& feature, uint32_t i, JsonWriter& json) {
  std::string text;
  switch (feature.dtype) {
    case DType::String: text = feature.text(i); break;
    case DType::Int64: text = toText(feature.as<int64_t>()[i]); break;
    case DType::Int32: text = toText(feature.as<int32_t>()[i]); break;
    default: text = toText(static_cast<int64_t>(feature.as<double>()[i]));
  }
  std::string hexadecimal;
  for (const char c : text) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    hexadecimal += kDigits[static_cast<unsigned char>(c) >> 4];
    hexadecimal += kDigits[static_cast<unsigned char>(c) & 15];
  }
  json.key("bytes").text(hexadecimal).key("hash").hash(fingerprint64(text));
}

FCOL_SMALL Result<void> KeyColumn::checkDtype(const Feature& feature) const {
  const bool fits = dtype_ == DType::String ? feature.dtype == DType::String : canBeInteger(feature.dtype);
  if (fits) return {};
  std::string message = format("{}. key: {}, column dtype: {}, tensor dtype: {}", kIncompatible, name(), dtypeText(dtype_), dtypeText(feature.dtype));
  if (isFloating(feature.dtype))
    message += format("; column_name: {} input_tensor dtype must be string or integer. dtype: {}.", name(), dtypeText(feature.dtype));
  return columnError(ErrorCode::DtypeMismatch, name(), "{}", message);
}

}  // namespace fcol

#include "columns/raw_value.hpp"

namespace fcol {

void writeRawValue(const Feature& feature, uint32_t i, JsonWriter& json) {
  if (feature.isNull(i)) {
    json.null();
    return;
  }
  switch (feature.dtype) {
    case DType::String: json.text(feature.text(i)); break;
    case DType::Int64: json.integer(feature.as<int64_t>()[i]); break;
    case DType::Int32: json.integer(feature.as<int32_t>()[i]); break;
    case DType::Float32: json.float32(feature.as<float>()[i]); break;
    case DType::Float64:
    case DType::Number: json.float64(feature.as<double>()[i]); break;
    case DType::None: json.null();
  }
}

void writeRawValues(const Feature& feature, JsonWriter& json) {
  json.open('[');
  for (uint32_t i = 0; i < feature.count; ++i) writeRawValue(feature, i, json);
  json.close(']');
}

}  // namespace fcol

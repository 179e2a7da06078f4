// A Feature as text, for expectations: "string sparse 2/3 [a b][c]": dtype, rank, width, values by row (rows of steps by step).
#pragma once

#include <cstdio>
#include <cstdlib>

#include <string>

#include "batch/feature.hpp"
#include "base/error.hpp"

namespace fcol::test {

// A number so that it reads back: what messages print (toText) is rounded to nine digits.
inline std::string exactText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.9g", value);
  if (std::strtod(text, nullptr) != value) std::snprintf(text, sizeof text, "%.17g", value);
  return text;
}

inline std::string valueText(const Feature& feature, uint32_t i) {
  if (feature.isNull(i)) return "null";
  switch (feature.dtype) {
    case DType::String: return std::string(feature.strings[i]);
    case DType::Int64: return toText(feature.as<int64_t>()[i]);
    case DType::Float32: return exactText(static_cast<double>(feature.as<float>()[i]));
    default: return exactText(feature.as<double>()[i]);
  }
}

inline std::string valuesText(const Feature& feature, uint32_t begin, uint32_t end) {
  std::string text = "[";
  for (uint32_t i = begin; i < end; ++i) text += (i > begin ? " " : "") + valueText(feature, i);
  return text + "]";
}

inline std::string featureText(const Feature& feature) {
  if (feature.dtype == DType::None) return "none";
  std::string text = format("{}{}{}/{} ", dtypeName(feature.dtype), feature.sparse ? " sparse " : " dense ", feature.rank, feature.width);
  if (feature.rank == 1) return text + valuesText(feature, 0, feature.count);
  for (uint32_t row = 0; row < feature.rows; ++row) {
    if (feature.rank == 2) {
      text += valuesText(feature, feature.row_splits[row], feature.row_splits[row + 1]);
      continue;
    }
    text += "[";
    for (uint32_t step = feature.row_splits[row]; step < feature.row_splits[row + 1]; ++step)
      text += valuesText(feature, feature.step_splits[step], feature.step_splits[step + 1]);
    text += "]";
  }
  return text;
}

}  // namespace fcol::test

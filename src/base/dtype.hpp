// The dtypes of features and columns, by TensorFlow's names.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace fcol {

// The numbers are part of the packed batch (docs/architecture.md) and of js/src/batch/.
enum class DType : uint8_t {
  None = 0,     // the feature is not in the batch
  String = 1,   // UTF-8 bytes and offsets
  Int64 = 2,
  Int32 = 3,
  Float32 = 4,
  Float64 = 5,
  Number = 6,   // JavaScript numbers or JSON literals, as float64: an integer or a float, whichever the column wants
};

constexpr bool isInteger(DType d) { return d == DType::Int64 || d == DType::Int32; }
constexpr bool isFloating(DType d) { return d == DType::Float32 || d == DType::Float64; }

constexpr std::string_view dtypeName(DType d) {
  switch (d) {
    case DType::None: return "none";
    case DType::String: return "string";
    case DType::Int64: return "int64";
    case DType::Int32: return "int32";
    case DType::Float32: return "float32";
    case DType::Float64: return "float64";
    case DType::Number: return "number";
  }
  return "";
}

constexpr std::optional<DType> dtypeFromName(std::string_view name) {
  for (DType d : {DType::String, DType::Int64, DType::Int32, DType::Float32, DType::Float64})
    if (dtypeName(d) == name) return d;
  return std::nullopt;
}

}  // namespace fcol

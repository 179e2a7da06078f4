#include "example/feature_column.hpp"

#include <cstring>

#include "example/example_wire.hpp"

namespace fcol {
namespace {

// Tags of one byte: field 1 of each list, and the lists' own fields in Feature.
constexpr uint8_t kBytesList = 0x0a, kFloatList = 0x12, kInt64List = 0x1a;
constexpr uint8_t kDelimitedValue = 0x0a, kFixed32Value = 0x0d, kVarintValue = 0x08;

}  // namespace

std::optional<DType> featureKind(Bytes feature) {
  if (feature.empty()) return DType::None;
  switch (feature[0]) {
    case kBytesList: return DType::String;
    case kFloatList: return DType::Float32;
    case kInt64List: return DType::Int64;
    default: return std::nullopt;
  }
}

size_t FeatureColumn::size() const {
  return dtype_ == DType::String ? strings_.size() : dtype_ == DType::Int64 ? integers_.size() : floats_.size();
}

FeatureProblem FeatureColumn::append(Bytes feature) {
  const auto kind = featureKind(feature);
  if (!kind) return FeatureProblem::Broken;
  if (*kind == DType::None) return FeatureProblem::None;
  if (*kind != dtype_) return FeatureProblem::OtherKind;
  WireReader in(feature.subspan(1));
  WireReader list;
  if (!readLimited(in, list)) return FeatureProblem::Broken;
  switch (dtype_) {
    case DType::String: return appendStrings(list);
    case DType::Float32: return appendFloats(list);
    default: return appendIntegers(list);
  }
}

FeatureProblem FeatureColumn::appendStrings(WireReader in) {
  while (!in.done()) {
    Bytes value;
    if (!in.expect(kDelimitedValue) || !in.delimited(value)) return FeatureProblem::Broken;
    if (!strings_.push(reinterpret_cast<const char*>(value.data()), value.size())) return FeatureProblem::NoMemory;
  }
  return FeatureProblem::None;
}

FeatureProblem FeatureColumn::appendFloats(WireReader in) {
  if (in.done()) return FeatureProblem::None;
  if (in.expect(kDelimitedValue)) {  // packed; odd bytes at its end are left, and so is what comes behind it
    uint32_t size;
    if (!in.varint32(size)) return FeatureProblem::Broken;
    const size_t count = size / sizeof(float);
    if (count * sizeof(float) > in.left()) return FeatureProblem::Broken;
    if (!floats_.reserve(count)) return FeatureProblem::NoMemory;
    if (count) std::memcpy(floats_.end(), in.at(), count * sizeof(float));
    floats_.advance(count);
    return FeatureProblem::None;
  }
  constexpr size_t kSize = 1 + sizeof(float);  // a value with its tag
  const Bytes list = in.rest();
  if (list.size() % kSize != 0) return FeatureProblem::Broken;
  const size_t count = list.size() / kSize;
  if (!floats_.reserve(count)) return FeatureProblem::NoMemory;
  for (size_t i = 0; i < count; ++i) {
    if (list[i * kSize] != kFixed32Value) return FeatureProblem::Broken;
    std::memcpy(floats_.end() + i, list.data() + i * kSize + 1, sizeof(float));
  }
  floats_.advance(count);
  return FeatureProblem::None;
}

FeatureProblem FeatureColumn::appendIntegers(WireReader in) {
  if (in.done()) return FeatureProblem::None;
  const bool packed = in.expect(kDelimitedValue);
  WireReader values;
  if (packed) {
    if (!readLimited(in, values)) return FeatureProblem::Broken;
    in = values;
  }
  if (!integers_.reserve(in.left())) return FeatureProblem::NoMemory;  // a value takes a byte at least
  int64_t* to = integers_.end();
  while (!in.done()) {
    uint64_t value;
    // Ids of one and two bytes come mixed: told apart without a branch.
    for (; packed && in.left() >= 2; ++to) {
      const uint32_t first = in.at()[0], second = in.at()[1], longer = first >> 7;
      if (longer & second >> 7) break;
      *to = static_cast<int64_t>((first & 0x7f) | (second << 7 & (0u - longer)));
      in.skipBytes(1 + longer);
    }
    if (in.done()) break;
    if ((!packed && !in.expect(kVarintValue)) || !in.varint(value)) return FeatureProblem::Broken;
    *to++ = static_cast<int64_t>(value);
  }
  integers_.advance(static_cast<size_t>(to - integers_.end()));
  return FeatureProblem::None;
}

bool FeatureColumn::append(std::span<const double> values) {
  for (const double value : values)
    if (!(dtype_ == DType::Int64 ? integers_.push(static_cast<int64_t>(value)) : floats_.push(static_cast<float>(value)))) return false;
  return true;
}

bool FeatureColumn::finish(Feature& feature) {
  feature.dtype = dtype_;
  feature.count = static_cast<uint32_t>(size());
  if (dtype_ == DType::String) {
    if (!strings_.finish()) return false;
    feature.strings = strings_.batch();
  } else {
    feature.numbers = dtype_ == DType::Int64 ? static_cast<const void*>(integers_.data()) : floats_.data();
  }
  return true;
}

}  // namespace fcol

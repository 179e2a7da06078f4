#include "columns/coverage.hpp"

#include <algorithm>

#include "base/join.hpp"
#include "columns/raw_value.hpp"

namespace fcol {
namespace {

struct Run {
  uint32_t value;  // index of one of them
  uint32_t count;
};

// Equal values, counted.
template <typename Less>
std::vector<Run> countRuns(std::vector<uint32_t> values, Less less) {
  std::stable_sort(values.begin(), values.end(), less);
  std::vector<Run> runs;
  for (const uint32_t value : values) {
    if (!runs.empty() && !less(runs.back().value, value)) ++runs.back().count;
    else runs.push_back({value, 1});
  }
  return runs;
}

std::vector<Run> countRuns(const Feature& feature, const std::vector<uint32_t>& values) {
  if (feature.dtype == DType::String) return countRuns(values, [&](uint32_t a, uint32_t b) { return feature.text(a) < feature.text(b); });
  return countRuns(values, [&](uint32_t a, uint32_t b) {
    switch (feature.dtype) {
      case DType::Int64: return feature.as<int64_t>()[a] < feature.as<int64_t>()[b];
      case DType::Int32: return feature.as<int32_t>()[a] < feature.as<int32_t>()[b];
      default: return feature.as<double>()[a] < feature.as<double>()[b];
    }
  });
}

// The `top` most frequent first, and of equally frequent ones the first in the batch; the others in any order.
std::vector<Run> mostFrequent(const Feature& feature, const std::vector<uint32_t>& values, size_t top) {
  auto runs = countRuns(feature, values);
  std::partial_sort(runs.begin(), runs.begin() + std::min(top, runs.size()), runs.end(), [](const Run& a, const Run& b) { return a.count != b.count ? a.count > b.count : a.value < b.value; });
  return runs;
}

}  // namespace

bool Coverage::isNew(std::string_view type, std::string_view name) {
  std::string id = joined({type, " ", name});
  if (std::find(seen_.begin(), seen_.end(), id) != seen_.end()) return false;
  seen_.push_back(std::move(id));
  return true;
}

void coverNumbers(Coverage& coverage, std::string_view type, std::string_view name, uint32_t input) {
  if (!coverage.isNew(type, name)) return;
  const Feature& feature = coverage.features().raw(input);
  Coverage::Counts counts;
  for (const uint8_t null : feature.nulls) counts.missing += null != 0;
  const auto countNaN = [&](auto values) {
    for (const auto value : values) counts.not_a_number += value != value;
  };
  if (feature.dtype == DType::Float32) countNaN(feature.as<float>());
  if (feature.dtype == DType::Float64 || feature.dtype == DType::Number) countNaN(feature.as<double>());
  coverage.write(type, name, feature, feature.nulls, counts);
}

void Coverage::write(std::string_view type, std::string_view name, const Feature& feature, std::span<const uint8_t> missing, const Counts& counts) {
  // Null in every row is a missing value a row, as it is among rows that have one.
  const uint64_t absent = feature.absent ? feature.rows : 0;
  uint64_t empty = 0;
  for (uint32_t row = 0; row < features_.rows(); ++row) {
    bool any = false;
    if (feature.dtype != DType::None)
      for (uint32_t i = feature.firstOf(row); i < feature.firstOf(row + 1) && !any; ++i) any = missing.empty() || !missing[i];
    empty += !any;
  }
  json_.open('{').key("name").text(name).key("type").text(type);
  json_.key("rows").count(features_.rows()).key("values").count(feature.count + absent).key("missing").count(counts.missing + absent).key("emptyRows").count(empty);
  json_.key("outOfVocabulary").count(counts.out_of_vocabulary).key("outOfRange").count(counts.out_of_range).key("notANumber").count(counts.not_a_number);
  const auto runs = mostFrequent(feature, counts.unknown, top_);
  json_.key("distinctUnknown").count(runs.size()).key("unknown").open('[');
  for (size_t i = 0; i < std::min(top_, runs.size()); ++i) {
    json_.open('{').key("value");
    writeRawValue(feature, runs[i].value, json_);
    json_.key("count").count(runs[i].count).close('}');
  }
  json_.close(']').close('}');
}

}  // namespace fcol

#include "layers/layer_parse_spec.hpp"

#include "columns/column_error.hpp"

namespace fcol {
namespace {

class Features final : public ParseSpec {
 public:
  void varLen(const std::string& key, DType dtype) override { read.push_back({key, dtype, false, {}, {}}); }
  void fixedLen(const ParsedFeature& feature) override { read.push_back(feature); }
  std::vector<ParsedFeature> read;
};

class Dtypes final : public ParseSpec {
 public:
  explicit Dtypes(std::span<const std::string> inputs) : inputs_(inputs), dtypes_(inputs.size(), kUnread) {}
  void varLen(const std::string& key, DType dtype) override {
    for (size_t i = 0; i < inputs_.size(); ++i)
      if (inputs_[i] == key) dtypes_[i] = dtypes_[i] == kUnread || dtypes_[i] == dtype ? dtype : DType::None;
  }
  void fixedLen(const ParsedFeature& feature) override { varLen(feature.key, feature.dtype); }

  std::vector<DType> take() {
    for (auto& dtype : dtypes_)
      if (dtype == kUnread) dtype = DType::None;
    return std::move(dtypes_);
  }

 private:
  static constexpr DType kUnread = DType::Number;  // which no column parses

  std::span<const std::string> inputs_;
  std::vector<DType> dtypes_;
};

void readAll(const ColumnLists& lists, ParseSpec& features) {
  for (const auto& columns : lists)
    for (const auto& column : columns) column->parseSpec(features);
}

}  // namespace

Result<std::vector<ParsedFeature>> parseSpecOf(std::span<const std::string> inputs, const ColumnLists& lists) {
  Features features;
  readAll(lists, features);
  std::vector<ParsedFeature> spec;
  for (const auto& key : inputs) {
    ParsedFeature* found = nullptr;
    for (auto& feature : features.read) {
      if (feature.key != key) continue;
      if (found && !(*found == feature))
        return columnError(ErrorCode::InvalidDefinition, key,
                           "feature_columns contain different parse_spec for key {}: two columns read it "
                           "with different dtypes, shapes or defaults", key);
      found = &feature;
    }
    if (!found)
      return columnError(ErrorCode::InvalidDefinition, key, "its normalizer_fn is a function, which serialized examples do not pass through: give it as steps");
    spec.push_back(std::move(*found));
  }
  return spec;
}

std::vector<DType> parsedDtypesOf(std::span<const std::string> inputs, const ColumnLists& lists) {
  Dtypes dtypes(inputs);
  readAll(lists, dtypes);
  return dtypes.take();
}

}  // namespace fcol

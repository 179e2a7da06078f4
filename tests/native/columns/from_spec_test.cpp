// Lists of columns: names, order, sharing, parse specs, and specs that are no columns.
#include "catch.hpp"
#include "column_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;

TEST_CASE("columns are sorted by name, and no two have one name") {
  ColumnFixture fixture;
  const auto columns = fixture.columns(R"([{"type":"numeric_column","key":"b"},{"type":"numeric_column","key":"a_b"},{"type":"numeric_column","key":"B"},
                                           {"type":"numeric_column","key":"aa"},{"type":"numeric_column","key":"é"}])");
  REQUIRE(columns);
  const auto sorted = normalizeColumns(*columns);
  REQUIRE(sorted);
  std::string names;
  for (const auto& column : *sorted) names += column->name() + " ";
  CHECK(names == "B a_b aa b é ");
  CHECK_THAT(normalizeColumns({}).error().message, Contains("feature_columns must not be empty."));
  const auto twice = fixture.columns(R"([{"type":"numeric_column","key":"a"},{"type":"numeric_column","key":"a","shape":[2]}])");
  REQUIRE(twice);
  CHECK_THAT(normalizeColumns(*twice).error().message, Contains("Duplicate feature column name found for columns"));
}

TEST_CASE("equal definitions become one column, however they are written") {
  ColumnFixture fixture;
  const auto columns = fixture.columns(R"([
    {"type":"crossed_column","keys":["x",{"type":"categorical_column_with_identity","key":"id","num_buckets":3}],"hash_bucket_size":5},
    {"hash_bucket_size": 5, "keys": ["x", {"num_buckets": 3, "key": "id", "type": "categorical_column_with_identity"}], "type": "crossed_column"},
    {"type":"categorical_column_with_identity","key":"id","num_buckets":4}])");
  REQUIRE(columns);
  CHECK((*columns)[0] == (*columns)[1]);
  CHECK((*columns)[0]->categorical()->slot() != (*columns)[2]->categorical()->slot());
  CHECK(std::vector<std::string>(fixture.inputs().begin(), fixture.inputs().end()) == std::vector<std::string>{"x", "id"});
}

TEST_CASE("parse specs name what each column reads") {
  ColumnFixture fixture;
  struct Features final : ParseSpec {
    void varLen(const std::string& key, DType dtype) override { read.push_back({key, dtype, false, {}, {}}); }
    void fixedLen(const ParsedFeature& feature) override { read.push_back(feature); }
    std::vector<ParsedFeature> read;
  };
  const auto parsed = [&](const std::string& spec) {
    Features features;
    auto column = fixture.column(spec);
    REQUIRE(column);
    (*column)->parseSpec(features);
    return features.read;
  };
  const std::string identity = R"({"type":"categorical_column_with_identity","key":"id","num_buckets":3})";
  CHECK(parsed(R"([{"type":"numeric_column","key":"n","shape":[2,2],"dtype":"int64","default_value":[[1,2],[3,4]]}])") ==
        std::vector<ParsedFeature>{{"n", DType::Int64, true, {2, 2}, {1, 2, 3, 4}}});
  CHECK(parsed(R"([{"type":"numeric_column","key":"n","shape":3,"default_value":2.5}])") ==
        std::vector<ParsedFeature>{{"n", DType::Float32, true, {3}, {2.5, 2.5, 2.5}}});
  CHECK(parsed(R"([{"type":"bucketized_column","source_column":{"type":"numeric_column","key":"n"},"boundaries":[1]}])") ==
        std::vector<ParsedFeature>{{"n", DType::Float32, true, {1}, {}}});
  CHECK(parsed("[" + identity + "]") == std::vector<ParsedFeature>{{"id", DType::Int64, false, {}, {}}});
  CHECK(parsed(R"([{"type":"crossed_column","keys":["s",)" + identity + R"(],"hash_bucket_size":5}])") ==
        std::vector<ParsedFeature>{{"s", DType::String, false, {}, {}}, {"id", DType::Int64, false, {}, {}}});
  CHECK(parsed(R"([{"type":"weighted_categorical_column","weight_feature_key":"w","categorical_column":)" + identity + "}]") ==
        std::vector<ParsedFeature>{{"id", DType::Int64, false, {}, {}}, {"w", DType::Float32, false, {}, {}}});
  CHECK(parsed(R"([{"type":"categorical_column_with_vocabulary_list","key":"v","vocabulary_list":[1,2]}])") ==
        std::vector<ParsedFeature>{{"v", DType::Int64, false, {}, {}}});
  CHECK(parsed(R"([{"type":"sequence_numeric_column","key":"n"}])") == std::vector<ParsedFeature>{{"n", DType::Float32, false, {}, {}}});
}

TEST_CASE("what is no column is refused") {
  ColumnFixture fixture;
  const auto code = [&](const std::string& spec) { return fixture.columns(spec).error().code; };
  CHECK(code(R"({"a":1})") == ErrorCode::InvalidSpec);
  CHECK_THAT(fixture.refusal(R"({"a":1})"), Contains("Expected feature_columns to be iterable, found dict"));
  CHECK(code("5") == ErrorCode::InvalidSpec);
  CHECK(code("[5]") == ErrorCode::InvalidSpec);
  CHECK_THAT(fixture.refusal(R"([{"key":"a"}])"), Contains("Items of feature_columns must be a FeatureColumn"));
  CHECK_THAT(fixture.refusal(R"([{"type":"text_column","key":"a"}])"), Contains("unknown column type \"text_column\""));
  CHECK_THAT(fixture.refusal(R"([{"type":"numeric_column","key":"a","boundaries":[1]}])"), Contains("numeric_column has no field \"boundaries\""));
  CHECK_THAT(fixture.refusal(R"([{"type":"indicator_column","categorical_column":{"type":"shared_embeddings"}}])"), Contains("shared_embeddings is a list of columns"));
  CHECK(fixture.refusal(R"({"type":"numeric_column","key":"a"})") == "");  // a single column stands for a list of it
}

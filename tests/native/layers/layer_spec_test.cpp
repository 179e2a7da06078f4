// What a layer's spec may say, and the parse spec that it gives.
#include "catch.hpp"
#include "layer_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;

TEST_CASE("specs of layers that are none are refused, naming what is wrong", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}});
  struct Case { std::string spec, phrase; };
  const std::string columns = R"("columns":[)" + numeric("x") + "]";
  const Case cases[] = {
      {"", ""},
      {"[]", "must be a JSON object"},
      {"{" + columns + "]", ""},
      {R"({"layer":"dense",)" + columns + "}", "there is no layer \"dense\"; the layers are dense_features, sequence_features, linear_model, dnn_classifier"},
      {R"({"layer":7,)" + columns + "}", "there is no layer"},
      {R"({"version":2,)" + columns + "}", "version 2"},
      {R"({"version":"1",)" + columns + "}", "version \"1\""},
      {R"({"layer":"dense_features","colums":[]})", "dense_features has no field \"colums\"; its fields are version, layer, columns"},
      {R"({"layer":"dense_features","units":1,)" + columns + "}", "dense_features has no field \"units\""},
      {R"({"layer":"linear_model","n_classes":2,)" + columns + "}", "linear_model has no field \"n_classes\""},
      {R"({"layer":"dnn_regressor","n_classes":2})", "dnn_regressor has no field \"n_classes\""},
      {R"({"layer":"dnn_classifier","label_dimension":2})", "dnn_classifier has no field \"label_dimension\""},
      {R"({"layer":"linear_classifier","dnn":{}})", "linear_classifier has no field \"dnn\""},
      {R"({"layer":"dnn_classifier"})", "\"dnn\" must be a JSON object"},
      {R"({"layer":"linear_classifier","linear":[]})", "\"linear\" must be a JSON object"},
      {R"({"layer":"dnn_linear_combined_classifier","linear":{}})", "\"dnn\" must be a JSON object"},
      {R"({"layer":"dense_features","columns":5})", "Items of feature_columns must be a FeatureColumn"},
      {R"({"layer":"dense_features","columns":[{"type":"numeric"}]})", "unknown column type \"numeric\""},
      {R"({"layer":"dense_features","columns":[)" + numeric("x") + R"(,{"type":"numeric_column","key":"y","shap":[2]}]})", "no field \"shap\""},
      {R"({"layer":"dense_features","columns":{"a":1}})", "Expected feature_columns to be iterable, found dict"},
  };
  for (const auto& each : cases) {
    const Error refusal = fixture.refusal(each.spec);
    CHECK(refusal.code == ErrorCode::InvalidSpec);
    CHECK_THAT(refusal.message, Contains(each.phrase));
  }
}

TEST_CASE("a spec without a layer is one of dense features, a single column a list of one", "[layers]") {
  const LayerFixture fixture;
  CHECK(fixture.data(R"({"columns":[)" + numeric("x") + "]}", 1, {{"x", floats({{2}})}}) == std::vector<float>{2});
  CHECK(fixture.data(R"({"version":1,"columns":)" + numeric("x") + "}", 1, {{"x", floats({{2}})}}) == std::vector<float>{2});
}

TEST_CASE("a layer's parse spec has an entry for each input, and no contradictions", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}});
  const auto layer = fixture.layer(R"({"columns":[)" + embedding(identity("a", 2), 1, 2) + "," + indicator(identity("a", 2)) + "," + numeric("x", 3) + "]}");
  REQUIRE(layer);
  const auto spec = (*layer)->parseSpec();
  REQUIRE(spec);
  REQUIRE(spec->size() == (*layer)->inputs().size());
  for (size_t i = 0; i < spec->size(); ++i) CHECK((*spec)[i].key == (*layer)->inputs()[i]);
  const size_t x = (*spec)[0].key == "x" ? 0 : 1;
  CHECK((*spec)[x].fixed);
  CHECK((*spec)[x].shape == std::vector<uint32_t>{3});
  CHECK((*spec)[1 - x].dtype == DType::Int64);
  CHECK((*layer)->dtypes() == std::vector{(*spec)[0].dtype, (*spec)[1].dtype});
  const auto twice = fixture.layer(R"({"columns":[)" + indicator(identity("a", 2)) + "," + numeric("a") + "," + numeric("b") + "]}");
  REQUIRE(twice);  // over a batch they may well agree
  const size_t a = (*twice)->inputs()[0] == "a" ? 0 : 1;
  CHECK((*twice)->dtypes()[a] == DType::None);
  CHECK((*twice)->dtypes()[1 - a] == DType::Float32);
  const auto refused = (*twice)->parseSpec();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::InvalidDefinition);
  CHECK(refused.error().column == "a");
  CHECK_THAT(refused.error().message, Contains("feature_columns contain different parse_spec for key a"));
}

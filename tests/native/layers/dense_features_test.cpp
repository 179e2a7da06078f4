// DenseFeatures: order, slices, what it refuses, and what it leaves alone (spec 1.3, 2.12, 13.4).
#include "catch.hpp"
#include "layer_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Floats = std::vector<float>;

namespace {
std::string dense(const std::string& columns) { return R"({"version":1,"layer":"dense_features","columns":[)" + columns + "]}"; }
const std::string kUnsorted = shared(identity("b", 3) + "," + identity("a", 3), 1, 2) + "," + shared(identity("c", 3) + "," + identity("d", 3), 1, 2);
}  // namespace

TEST_CASE("dense columns stand side by side, sorted by name", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  const Features features = {{"a", int64s({{2}, {0, 1}})}, {"b", int64s({{0}, {}})}, {"c", int64s({{2}, {0, 1}})}, {"d", int64s({{2}, {}})}};
  CHECK(fixture.data(dense(kUnsorted), 2, features) == Floats{7, 11, 1, 2, 7, 11, 7, 11, 2, 3.5f, 0, 0, 2, 3.5f, 0, 0});
  CHECK(fixture.data(dense(numeric("price_b") + "," + numeric("price_a")), 1, {{"price_a", floats({{1}})}, {"price_b", floats({{3}})}}) == Floats{1, 3});

  // '_' stands between upper and lower case; a suffix is part of the name.
  const auto layer = fixture.layer(dense(numeric("b_") + "," + numeric("bA", 3) + "," + numeric("ba") + "," + embedding(identity("b", 3), 1, 2)));
  REQUIRE(layer);
  std::vector<std::string> slices;
  for (const auto& slice : (*layer)->slices()) slices.push_back(format("{} {} {}", slice.name, slice.offset, slice.width));
  CHECK(slices == std::vector<std::string>{"bA 0 3", "b_ 3 1", "b_embedding 4 2", "ba 6 1"});
  CHECK((*layer)->width() == 7);
  CHECK((*layer)->inputs().size() == 4);
}

TEST_CASE("Keras casts float64 to float32 before a column sees it", "[layers]") {
  const LayerFixture fixture;
  const std::string column = R"({"type":"numeric_column","key":"x","dtype":"float64","normalizer_fn":[["sub",16777216]]})";
  CHECK(fixture.data(dense(column), 1, {{"x", lists<double>(DType::Float64, {{16777217}})}}) == Floats{0});  // 2^24 + 1 is no float32
}

TEST_CASE("a batch of no rows gives an output of no rows", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  const auto outputs = fixture.run(dense(embedding(identity("a", 3), 1, 2) + "," + numeric("x")), 0, {{"a", int64s({})}, {"x", floats({})}});
  REQUIRE(outputs);
  CHECK((*outputs)[0].shape == std::vector<uint32_t>{0, 3});
}

TEST_CASE("a failed run leaves the outputs of the last one as they were", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  const auto layer = fixture.layer(dense(embedding(identity("a", 3), 1, 2) + "," + numeric("x")));
  REQUIRE(layer);
  std::vector<OutputTensor> outputs;
  const Features good = {{"a", int64s({{1}, {2}})}, {"x", floats({{4}, {5}})}}, bad = {{"a", int64s({{0}, {3}, {0}})}, {"x", floats({{6}, {6}, {6}})}};
  REQUIRE(LayerFixture::run(**layer, 2, good, outputs));
  const Floats expected = {3, 5, 4, 7, 11, 5};
  CHECK(LayerFixture::floats(outputs[0]) == expected);
  const float* memory = outputs[0].floats.data();
  const auto failed = LayerFixture::run(**layer, 3, bad, outputs);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == ErrorCode::OutOfRange);
  CHECK(failed.error().column == "a");
  CHECK(failed.error().row == 1);
  CHECK(failed.error().value == "3");
  CHECK(outputs[0].floats.data() == memory);
  CHECK(outputs[0].shape == std::vector<uint32_t>{2, 3});
  CHECK(LayerFixture::floats(outputs[0]) == expected);
  REQUIRE(LayerFixture::run(**layer, 2, good, outputs));  // and the layer is good for the next batch
  CHECK(LayerFixture::floats(outputs[0]) == expected);
}

TEST_CASE("memory of outputs goes back and forth from run to run", "[layers]") {
  const LayerFixture fixture;
  const auto layer = fixture.layer(dense(numeric("x")));
  REQUIRE(layer);
  std::vector<OutputTensor> outputs;
  std::vector<const float*> memory;
  for (int i = 0; i < 4; ++i) {
    REQUIRE(LayerFixture::run(**layer, 2, {{"x", floats({{4}, {5}})}}, outputs));
    memory.push_back(outputs[0].floats.data());
  }
  CHECK(memory[0] == memory[2]);
  CHECK(memory[1] == memory[3]);
  CHECK(memory[0] != memory[1]);
}

TEST_CASE("dense layers refuse what TensorFlow refuses", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  const std::string sequence = identity("a", 3, "sequence_");
  const auto message = [&](const std::string& columns) {
    const Error refusal = fixture.refusal(dense(columns));
    CHECK(refusal.code == ErrorCode::InvalidDefinition);
    return refusal.message;
  };
  CHECK_THAT(message(identity("a", 3)), Contains("Items of feature_columns must be a") && Contains("You can wrap a categorical column with an embedding_column or indicator_column."));
  CHECK_THAT(message(embedding(sequence, 1, 2)), Contains("In embedding_column: a_embedding. categorical_column must not be of type SequenceCategoricalColumn."));
  CHECK_THAT(message(indicator(sequence)), Contains("In indicator_column: a_indicator. categorical_column must not be of type SequenceCategoricalColumn."));
  CHECK_THAT(message(R"({"type":"sequence_numeric_column","key":"x"})"), Contains("Items of feature_columns must be a"));
  CHECK_THAT(message(""), Contains("feature_columns must not be empty."));
  CHECK_THAT(message(numeric("x") + "," + numeric("x")), Contains("Duplicate feature column name found for columns"));
  CHECK_THAT(message(numeric("x") + "," + numeric("x", 2)), Contains("Duplicate feature column name found for columns"));
  CHECK_THAT(message(numeric("x", 2147483647) + "," + numeric("y", 2147483647) + "," + numeric("z", 2147483647)), Contains("wider than 2^32"));
  CHECK(fixture.refusal(R"({"layer":"dense_features"})").code == ErrorCode::InvalidSpec);
}

TEST_CASE("an output that no memory holds is an error", "[layers]") {
  const LayerFixture fixture;
  const Error failure = fixture.failure(dense(numeric("x", 2147483647) + "," + numeric("y", 2147483647)), 2147483647, {{"x", RawFeature{}}, {"y", RawFeature{}}});
  CHECK(failure.code == ErrorCode::OutOfMemory);
}

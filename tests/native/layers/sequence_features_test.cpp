// SequenceFeatures: steps, lengths and what must agree (spec 6, 13.6).
#include "catch.hpp"
#include "layer_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Floats = std::vector<float>;
using Lengths = std::vector<int32_t>;

namespace {
std::string sequences(const std::string& columns) { return R"({"layer":"sequence_features","columns":[)" + columns + "]}"; }
std::string steps(const std::string& key, uint32_t buckets) { return identity(key, buckets, "sequence_"); }
RawFeature stepsOf(std::vector<std::vector<std::vector<int64_t>>> rows) { return nested<int64_t>(DType::Int64, std::move(rows)); }

void check(const LayerFixture& fixture, const std::string& columns, const Features& features, const Floats& data, const Lengths& lengths) {
  const auto outputs = fixture.run(sequences(columns), 2, features);
  INFO(columns << (outputs ? "" : outputs.error().message));
  REQUIRE(outputs);
  REQUIRE(outputs->size() == 2);
  CHECK((*outputs)[0].name == "data");
  CHECK((*outputs)[1].name == "sequence_length");
  CHECK((*outputs)[1].integer);
  CHECK((*outputs)[1].shape == std::vector<uint32_t>{2});
  CHECK(LayerFixture::floats((*outputs)[0]) == data);
  CHECK(LayerFixture::ints((*outputs)[1]) == lengths);
}
}  // namespace

TEST_CASE("sequence columns stand side by side for each step", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 4}, {5, 6}}).table(2, {{11, 12, 13}, {14, 15, 16}, {17, 18, 19}});
  const std::string both = embedding(steps("b", 3), 2, 3) + "," + embedding(steps("a", 3), 1, 2);
  check(fixture, both, {{"a", int64s({{2}, {0, 1}}).sparse()}, {"b", int64s({{1}, {2, 0}}).sparse()}},
        {5, 6, 14, 15, 16, 0, 0, 0, 0, 0, 1, 2, 17, 18, 19, 3, 4, 11, 12, 13}, {1, 2});
  check(fixture, both, {{"a", stepsOf({{{2}, {0, 1}}, {{0}, {1}}}).sparse()}, {"b", stepsOf({{{1}, {1}}, {{2}, {0}}}).sparse()}},
        {5, 6, 14, 15, 16, 2, 3, 14, 15, 16, 1, 2, 17, 18, 19, 3, 4, 11, 12, 13}, {2, 2});
  check(fixture, indicator(steps("a", 3)) + "," + indicator(steps("b", 2)),
        {{"a", stepsOf({{{2}, {0, 1}}, {{0, 0}, {1}}}).sparse()}, {"b", stepsOf({{{1, 1}, {1}}, {{1}, {0}}}).sparse()}},
        {0, 0, 1, 0, 2, 1, 1, 0, 0, 1, 2, 0, 0, 0, 1, 0, 1, 0, 1, 0}, {2, 2});
  check(fixture, shared(steps("b", 3) + "," + steps("a", 3), 1, 2), {{"a", int64s({{2}, {0, 1}}).sparse()}, {"b", int64s({{1}, {2, 0}}).sparse()}},
        {5, 6, 3, 4, 0, 0, 0, 0, 1, 2, 5, 6, 3, 4, 1, 2}, {1, 2});
}

TEST_CASE("a sequence of numbers stands beside embeddings", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 4}, {5, 6}});
  check(fixture, R"({"type":"sequence_numeric_column","key":"n","default_value":-1},)" + embedding(steps("z", 3), 1, 2),
        {{"n", floats({{7}, {8, 9}}).sparse()}, {"z", int64s({{2}, {0, 1}}).sparse()}}, {7, 5, 6, -1, 0, 0, 8, 1, 2, 9, 3, 4}, {1, 2});
}

TEST_CASE("lengths count ids that are out of vocabulary, and dense padding makes steps", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 4}, {5, 6}});
  const std::string column = embedding(steps("a", 3), 1, 2);
  check(fixture, column, {{"a", int64s({{0, -5}, {1}}).sparse()}}, {1, 2, 0, 0, 3, 4, 0, 0}, {2, 1});
  check(fixture, column, {{"a", int64s({{0, -1, -1}, {-1, 1, -1}})}}, {1, 2, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0}, {1, 2});
  check(fixture, column, {{"a", int64s({{}, {}}).sparse()}}, {}, {0, 0});
}

TEST_CASE("sequences of a layer have the same steps and lengths", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 4}, {5, 6}});
  const std::string both = sequences(embedding(steps("a", 3), 1, 2) + "," + embedding(steps("b", 3), 1, 2));
  const Error other_steps = fixture.failure(both, 2, {{"a", int64s({{0}, {0}})}, {"b", int64s({{0, 1}, {0}})}});
  CHECK(other_steps.code == ErrorCode::ShapeMismatch);
  CHECK(other_steps.column == "b_embedding");
  CHECK_THAT(other_steps.message, Contains("Dimension 1 in both shapes must be equal, but are"));
  const Error other_lengths = fixture.failure(both, 2, {{"a", int64s({{0, 1}, {0, 1}})}, {"b", int64s({{0, 1}, {0}})}});
  CHECK(other_lengths.code == ErrorCode::ShapeMismatch);
  CHECK(other_lengths.row == 1);
  CHECK_THAT(other_lengths.message, Contains("Condition x == y did not hold element-wise"));
}

TEST_CASE("sequence layers refuse what TensorFlow refuses", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  const auto message = [&](const std::string& columns) { return fixture.refusal(sequences(columns)).message; };
  CHECK_THAT(message(embedding(identity("a", 3), 1, 2)),
             Contains("In embedding_column: a_embedding. categorical_column must be of type SequenceCategoricalColumn to use SequenceFeatures."));
  CHECK_THAT(message(indicator(identity("a", 3))), Contains("In indicator_column: a_indicator."));
  CHECK_THAT(message(numeric("x")), Contains("Items of feature_columns must be a"));
  CHECK_THAT(message(steps("a", 3)), Contains("Items of feature_columns must be a"));
  CHECK_THAT(message(""), Contains("feature_columns must not be empty."));
  const Error far = fixture.failure(sequences(embedding(steps("a", 3), 1, 2)), 2, {{"a", int64s({{0, 1}, {0, 3}})}});
  CHECK(far.code == ErrorCode::OutOfRange);
  CHECK(far.row == 1);
}

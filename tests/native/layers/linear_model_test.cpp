// linear_model: weights of every kind of column, and a bias (spec 5, 13.5).
#include "catch.hpp"
#include "layer_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Floats = std::vector<float>;

namespace {
std::string linear(const std::string& columns, const std::string& weights, const std::string& more = "") {
  return R"({"layer":"linear_model","columns":[)" + columns + R"(],"weights":[)" + weights + R"(],"bias":9)" + more + "}";
}
std::string weighted(const std::string& column) { return R"({"type":"weighted_categorical_column","weight_feature_key":"w","categorical_column":)" + column + "}"; }
const std::string kWire = R"({"type":"categorical_column_with_hash_bucket","key":"wire","hash_bucket_size":4})";
}  // namespace

TEST_CASE("ids take their weights, by the combiner", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}, {2}, {3}}).table(2, {{10}, {100}, {1000}, {10000}}).table(9, {{5}});
  const auto wire = strings({{"omar"}, {"stringer", "marlo"}});  // 2 / 0, 3
  CHECK(fixture.data(linear(kWire, "2"), 2, {{"wire", wire}}) == Floats{1005, 10015});
  CHECK(fixture.data(linear(kWire, "2", R"(,"sparse_combiner":"mean")"), 2, {{"wire", wire}}) == Floats{1005, 5010});
  CHECK(fixture.data(linear(weighted(kWire), "2"), 2, {{"wire", wire}, {"w", floats({{1}, {1, -1}})}}) == Floats{1005, -9985});
  CHECK(fixture.data(linear(kWire, "2"), 2, {{"wire", strings({{}, {""}})}}) == Floats{5, 5});  // nothing but the bias
  // Steps of a row are one bag.
  CHECK(fixture.data(linear(kWire, "2"), 2, {{"wire", nested<std::string>(DType::String, {{{"omar", "stringer"}}, {{"marlo"}, {"omar"}}}).sparse()}}) == Floats{1015, 11005});
  fixture.table(9, {{0}});
  CHECK(fixture.data(linear(weighted(identity("id", 3)), "1"), 2, {{"id", int64s({{0}, {2, 1}})}, {"w", floats({{.5f}, {1, .1f}})}}) == Floats{.5f, 3.2f});
}

TEST_CASE("a cross, buckets and numbers have weights too", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}, {2}, {3}, {4}, {5}}).table(9, {{.1f}});
  const std::string buckets = R"({"type":"bucketized_column","source_column":)" + numeric("a", 2) + R"(,"boundaries":[0,1]})";
  const std::string cross = R"({"type":"crossed_column","keys":[)" + buckets + R"(,"c"],"hash_bucket_size":5,"hash_key":5})";
  CHECK(fixture.data(linear(cross, "1"), 2, {{"a", floats({{-1, .5f}, {.5f, 1}})}, {"c", strings({{"cA"}, {"cB", "cC"}}).sparse()}}) == Floats{3.1f, 14.1f});
  // Bucketized columns count as categorical: one weight for each bucket of each dimension.
  fixture.table(2, {{1}, {2}, {4}, {8}, {16}, {32}}).table(9, {{0}});
  CHECK(fixture.data(linear(buckets, "2"), 2, {{"a", floats({{-1, .5f}, {.5f, 1}})}}) == Floats{17, 34});
  // Dense columns are multiplied; the tables go by the names, not by the order given.
  fixture.table(3, {{10}, {100}}).table(4, {{1000}});
  CHECK(fixture.data(linear(numeric("y", 2) + "," + numeric("x"), "4,3"), 1, {{"y", floats({{1, 2}})}, {"x", floats({{3}})}}) == Floats{3210});
}

TEST_CASE("several units, each with its weights and bias", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}}).table(2, {{10, 20}}).table(9, {{100, 200}});
  const auto outputs = fixture.run(linear(identity("a", 3) + "," + numeric("x"), "1,2", R"(,"units":2)"), 2, {{"a", int64s({{0, 2}, {}})}, {"x", floats({{1}, {3}})}});
  REQUIRE(outputs);
  CHECK((*outputs)[0].shape == std::vector<uint32_t>{2, 2});
  CHECK(LayerFixture::floats((*outputs)[0]) == Floats{118, 233, 130, 260});
}

TEST_CASE("columns are added in the order of AddN", "[layers]") {
  LayerFixture fixture;
  fixture.table(9, {{0}});
  // Eleven columns: the first three, then the sum of the next eight (spec 5.1). In another order the small ones vanish.
  std::string columns, weights;
  Features features;
  for (int i = 0; i < 11; ++i) {
    const std::string key(1, static_cast<char>('a' + i));
    columns += (i ? "," : "") + numeric(key);
    weights += (i ? ",1" : "1");
    features[key] = floats({{i == 2 ? 16777216.f : i < 2 ? 0.f : 1.f}});
  }
  fixture.table(1, {{1}});
  CHECK(fixture.data(linear(columns, weights), 1, features) == Floats{16777224});  // one after the other it would be 2^24
}

TEST_CASE("a linear model casts nothing beforehand", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}}).table(9, {{0}});
  const std::string column = R"({"type":"numeric_column","key":"x","dtype":"float64","normalizer_fn":[["sub",16777216]]})";
  CHECK(fixture.data(linear(column, "1"), 1, {{"x", lists<double>(DType::Float64, {{16777217}})}}) == Floats{1});
}

TEST_CASE("linear models refuse weights that do not fit, and what TensorFlow refuses", "[layers]") {
  LayerFixture fixture;
  fixture.table(1, {{1}, {2}, {3}}).table(2, {{1, 2}, {3, 4}, {5, 6}}).table(3, {{1}, {2}}).table(8, {{0, 0}}).table(9, {{0}});
  const std::string a = identity("a", 3);
  const auto refuse = [&](const std::string& spec, ErrorCode code, const std::string& phrase) {
    const Error refusal = fixture.refusal(spec);
    CHECK(refusal.code == code);
    CHECK_THAT(refusal.message, Contains(phrase));
  };
  refuse(linear(a, "3"), ErrorCode::ShapeMismatch, "Shape of variable a/weights ((3, 1)) doesn't match with shape of tensor table ([2, 1]) from checkpoint reader.");
  refuse(linear(a, "2"), ErrorCode::ShapeMismatch, "Shape of variable a/weights ((3, 1)) doesn't match with shape of tensor table ([3, 2])");
  refuse(linear(numeric("x", 3), "3"), ErrorCode::ShapeMismatch, "Shape of variable x/weights ((3, 1))");
  refuse(linear(a, "1", R"(,"units":2)"), ErrorCode::ShapeMismatch, "bias_weights");
  refuse(linear(a, "1", R"(,"units":0)"), ErrorCode::InvalidDefinition, "Invalid units 0");
  refuse(linear(a, "7"), ErrorCode::InvalidSpec, "\"a\" needs weights");
  refuse(linear(a, "1,1"), ErrorCode::InvalidSpec, "one table for each of the 1 columns");
  refuse(R"({"layer":"linear_model","columns":[)" + a + R"(],"weights":[1]})", ErrorCode::InvalidSpec, "\"bias\" needs weights");
  refuse(linear(a, "1", R"(,"sparse_combiner":"max")"), ErrorCode::InvalidDefinition, "combiner must be one of 'mean', 'sqrtn' or 'sum', got max");
  refuse(linear(a, "1", R"(,"sparse_combiner":5)"), ErrorCode::InvalidDefinition, "got 5");
  refuse(linear(R"({"type":"sequence_numeric_column","key":"x"})", "1"), ErrorCode::InvalidDefinition, "Items of feature_columns must be either a DenseColumn or CategoricalColumn.");
  const Error far = fixture.failure(linear(a, "1"), 2, {{"a", int64s({{0, 1}, {2, 3}})}});
  CHECK(far.code == ErrorCode::OutOfRange);
  CHECK(far.column == "a");
  CHECK(far.row == 1);
  CHECK_THAT(far.message, Contains(R"(column "a": id 3 in row 1 is out of range, indices[3] = 3 is not in [0, 3))"));
}

// numeric_column, normalizer_fn and bucketized_column (spec 2.1, 2.2, 13.2).
#include <bit>
#include <cmath>
#include <limits>

#include "catch.hpp"
#include "column_fixture.hpp"
#include "columns/bucketized_column.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Floats = std::vector<float>;

namespace {
std::string numeric(const std::string& more = "") { return R"([{"type":"numeric_column","key":"age")" + more + "}]"; }
std::string bucketized(const std::string& boundaries, const std::string& more = "") {
  return R"([{"type":"bucketized_column","boundaries":)" + boundaries + R"(,"source_column":{"type":"numeric_column","key":"age")" + more + "}}]";
}
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN(), kInfinity = std::numeric_limits<float>::infinity();
}  // namespace

TEST_CASE("numbers of every dtype become float32") {
  ColumnFixture fixture;
  const int64_t big = (int64_t{1} << 24) + 1;
  CHECK(*fixture.dense(numeric(), 2, {{"age", floats({{1.5f}, {-2}})}}) == Floats{1.5f, -2});
  CHECK(*fixture.dense(numeric(), 2, {{"age", int64s({{big}, {3}})}}) == Floats{16777216.0f, 3});
  CHECK(*fixture.dense(numeric(), 1, {{"age", lists<int32_t>(DType::Int32, {{7}})}}) == Floats{7});
  CHECK(*fixture.dense(numeric(), 1, {{"age", lists<double>(DType::Float64, {{0.1}})}}) == Floats{0.1f});
  CHECK(*fixture.dense(numeric(), 2, {{"age", scalars<double>(DType::Number, {0.1, 2})}}) == Floats{0.1f, 2});
  CHECK(*fixture.dense(numeric(R"(,"shape":[2,2])"), 1, {{"age", nested<float>(DType::Float32, {{{1, 2}, {3, 4}}})}}) == Floats{1, 2, 3, 4});
  CHECK(*fixture.dense(numeric(R"(,"shape":[])"), 1, {{"age", scalars<float>(DType::Float32, {4})}}) == Floats{4});
  CHECK(fixture.dense(numeric(), 0, {{"age", floats({})}})->empty());
}

TEST_CASE("values stand at another input if JavaScript has normalised them") {
  ColumnFixture fixture;
  const auto out = fixture.dense(numeric(R"(,"input":"age normalized")"), 1, {{"age normalized", floats({{9}})}});
  REQUIRE(out);
  CHECK(*out == Floats{9});
}

TEST_CASE("the steps of normalizer_fn run in the raw dtype") {
  ColumnFixture fixture;
  const std::string steps = R"(,"normalizer_fn":[["sub",3.1],["div",0.7]])";
  const float narrow = (0.1f - 3.1f) / 0.7f;
  CHECK(*fixture.dense(numeric(steps), 1, {{"age", floats({{0.1f}})}}) == Floats{narrow});
  CHECK(*fixture.dense(numeric(steps), 1, {{"age", lists<double>(DType::Float64, {{0.1}})}}) == Floats{narrow});
  CHECK(*fixture.dense(numeric(steps), 1, {{"age", lists<double>(DType::Float64, {{0.1}})}}, false) == Floats{static_cast<float>((0.1 - 3.1) / 0.7)});
  const auto clipped = fixture.dense(numeric(R"(,"normalizer_fn":[["minimum",5],["maximum",-5],["abs"],["sqrt"]])"), 3, {{"age", floats({{-4}, {30}, {kNaN}})}});
  REQUIRE(clipped);
  CHECK((*clipped)[0] == 2);
  CHECK((*clipped)[1] == std::sqrt(5.0f));
  CHECK(std::isnan((*clipped)[2]));
  CHECK(*fixture.dense(numeric(R"(,"normalizer_fn":[["log"],["add",1],["mul",2],["log1p"]])"), 1, {{"age", floats({{3}})}}) ==
        Floats{std::bit_cast<float>(1070790080u)});  // a run of TensorFlow 2.21 on this one value
}

TEST_CASE("integers wrap around, and divide into float64") {
  ColumnFixture fixture;
  const auto run = [&](const std::string& steps, RawFeature feature) {
    return fixture.dense(numeric(R"(,"dtype":"int64","normalizer_fn":)" + steps), 1, {{"age", std::move(feature)}});
  };
  CHECK(*run(R"([["add",9223372036854775807]])", int64s({{1}})) == Floats{-9223372036854775808.0f});
  CHECK(*run(R"([["mul",2]])", lists<int32_t>(DType::Int32, {{2147483647}})) == Floats{-2});
  CHECK(*run(R"([["abs"]])", int64s({{INT64_MIN}})) == Floats{-9223372036854775808.0f});
  CHECK(*run(R"([["sub",1],["div",3],["mul",1.5]])", int64s({{8}})) == Floats{static_cast<float>(7.0 / 3.0 * 1.5)});
  CHECK(*run(R"([["sub",1.0],["div",3]])", numbers({{8}})) == Floats{static_cast<float>(7.0 / 3.0)});
  const auto fraction = run(R"([["sub",1.5]])", int64s({{8}}));
  REQUIRE_FALSE(fraction);
  CHECK_THAT(fraction.error().message, Contains("Cannot convert 1.5 to EagerTensor of dtype int64"));
  const auto logarithm = run(R"([["log"]])", int64s({{8}}));
  REQUIRE_FALSE(logarithm);
  CHECK_THAT(logarithm.error().message, Contains("is not in the list of allowed values"));
}

TEST_CASE("numeric features of another shape or kind are refused with their row") {
  ColumnFixture fixture;
  const auto refusal = [&](const std::string& spec, uint32_t rows, RawFeature feature) {
    const auto out = fixture.dense(spec, rows, {{"age", std::move(feature)}});
    REQUIRE_FALSE(out);
    CHECK(out.error().column == "age");
    return out.error();
  };
  const auto longer = refusal(numeric(), 2, floats({{1}, {1, 2}}));
  CHECK(longer.row == 1);
  CHECK_THAT(longer.message, Contains("Cannot reshape a tensor with 2 elements to shape [1,1] (1 elements)"));
  CHECK(refusal(numeric(R"(,"shape":[3])"), 2, floats({{1, 2, 3}, {1, 2}})).row == 1);
  CHECK(refusal(numeric(R"(,"shape":[3])"), 1, nested<float>(DType::Float32, {{{1, 2}, {3}}})).code == ErrorCode::ShapeMismatch);
  CHECK_THAT(refusal(numeric(), 1, floats({{1}}).sparse()).message, Contains("SparseTensor is not supported. key: age"));
  CHECK_THAT(refusal(numeric(), 1, strings({{"x"}})).message, Contains("Cast string to float is not supported"));
  const auto null = refusal(numeric(), 2, numbers({{1}, {0}}).withNulls({0, 1}));
  CHECK(null.code == ErrorCode::MissingFeature);
  CHECK(null.row == 1);
  CHECK(refusal(numeric(R"(,"dtype":"int64")"), 2, numbers({{1}, {1.5}})).value == "1.5");
  CHECK(refusal(numeric(R"(,"dtype":"int32")"), 1, numbers({{2147483648.0}})).code == ErrorCode::DtypeMismatch);
}

TEST_CASE("numeric definitions are refused as TensorFlow refuses them") {
  ColumnFixture fixture;
  CHECK_THAT(fixture.refusal(numeric(R"(,"shape":[0])")), Contains("shape dimensions must be greater than 0."));
  CHECK_THAT(fixture.refusal(numeric(R"(,"shape":[1.5])")), Contains("shape dimensions must be integer."));
  CHECK_THAT(fixture.refusal(numeric(R"(,"shape":[2147483647,2147483647])")), Contains("shape is too large"));
  CHECK_THAT(fixture.refusal(numeric(R"(,"dtype":"string")")), Contains("dtype must be convertible to float. dtype: <dtype: 'string'>, key: age"));
  CHECK_THAT(fixture.refusal(numeric(R"(,"shape":[2],"default_value":[1.0,2.0,3.0])")), Contains("The shape of default_value must be equal to given shape."));
  CHECK_THAT(fixture.refusal(numeric(R"(,"dtype":"int64","default_value":1.5)")), Contains("default_value must be compatible with dtype. default_value: 1.5, dtype: <dtype: 'int64'>, key: age"));
  CHECK_THAT(fixture.refusal(numeric(R"(,"default_value":"a")")), Contains("default_value must be compatible with dtype. default_value: a,"));
  CHECK_THAT(fixture.refusal(numeric(R"(,"normalizer_fn":"log")")), Contains("normalizer_fn must be a callable. Given: log"));
  CHECK_THAT(fixture.refusal(numeric(R"(,"normalizer_fn":[["log",2]])")), Contains("normalizer_fn must be a callable."));
  CHECK_THAT(fixture.refusal(numeric(R"(,"normalizer_fn":[["pow",2]])")), Contains("normalizer_fn must be a callable."));
}

TEST_CASE("buckets are closed on the left, and NaN falls into the last") {
  ColumnFixture fixture;
  CHECK(*fixture.dense(bucketized("[0,2,4,6]"), 4, {{"age", floats({{-1}, {1}, {5}, {6}})}}) ==
        Floats{1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1});
  const auto ids = fixture.ids(bucketized("[0,2,4,6]", R"(,"shape":[2])"), 2, {{"age", floats({{-1, 1}, {5, 6}})}});
  REQUIRE(ids);
  CHECK(ids->ids == std::vector<int64_t>{0, 6, 3, 9});
  CHECK(ids->width == 2);
  const auto special = fixture.ids(bucketized("[0.0,1.0]", R"(,"shape":[5])"), 1, {{"age", floats({{kNaN, kInfinity, -kInfinity, -0.0f, 1}})}});
  REQUIRE(special);
  CHECK(special->ids == std::vector<int64_t>{2, 3 + 2, 6 + 0, 9 + 1, 12 + 2});
  const auto rounded = fixture.ids(bucketized("[0.1]"), 1, {{"age", lists<double>(DType::Float64, {{0.1}})}});
  REQUIRE(rounded);
  CHECK(rounded->ids == std::vector<int64_t>{1});
}

TEST_CASE("bucketized definitions are refused as TensorFlow refuses them") {
  ColumnFixture fixture;
  CHECK_THAT(fixture.refusal(bucketized("[]")), Contains("boundaries must not be empty."));
  CHECK_THAT(fixture.refusal(bucketized("[1,1]")), Contains("boundaries must be a sorted list."));
  CHECK_THAT(fixture.refusal(bucketized("1.0")), Contains("boundaries must be a sorted list."));
  CHECK_THAT(fixture.refusal(bucketized("[1]", R"(,"shape":[2,2])")), Contains("source_column must be one-dimensional column."));
  CHECK_THAT(fixture.refusal(R"([{"type":"bucketized_column","boundaries":[1],"source_column":{"type":"categorical_column_with_identity","key":"a","num_buckets":2}}])"),
             Contains("source_column must be a column generated with numeric_column()."));
}

// Columns of columns: crosses, weights, indicators, embeddings, sequences (spec 2.7 to 2.10, 3.6, 6, 13.3 to 13.6).
#include <limits>

#include "catch.hpp"
#include "column_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Floats = std::vector<float>;
using Int64s = std::vector<int64_t>;
using Splits = std::vector<uint32_t>;
using Lengths = std::vector<int32_t>;

namespace {
const std::string kBucketized = R"({"type":"bucketized_column","source_column":{"type":"numeric_column","key":"a","shape":[2]},"boundaries":[0,1]})";
const std::string kVideo = R"({"type":"categorical_column_with_vocabulary_list","key":"video","vocabulary_list":["a","b","c"]})";
const std::string kIdentity = R"({"type":"categorical_column_with_identity","key":"id","num_buckets":3})";
const std::string kSequence = R"({"type":"sequence_categorical_column_with_identity","key":"id","num_buckets":3})";

std::string crossed(const std::string& keys, const std::string& more) { return R"([{"type":"crossed_column","keys":)" + keys + "," + more + "}]"; }
std::string weighted(const std::string& column, const std::string& more = "") {
  return R"({"type":"weighted_categorical_column","categorical_column":)" + column + R"(,"weight_feature_key":"w")" + more + "}";
}
std::string indicator(const std::string& column) { return R"([{"type":"indicator_column","categorical_column":)" + column + "}]"; }
std::string embedding(const std::string& column, const std::string& more = "") {
  return R"([{"type":"embedding_column","dimension":2,"table":1,"categorical_column":)" + column + more + "}]";
}
}  // namespace

TEST_CASE("crosses hash every combination of a row, the last key fastest") {
  ColumnFixture fixture;
  const Features features = {{"a", floats({{-1, .5f}, {.5f, 1}})},
                             {"c", strings({{"cA"}, {"cB", "cC"}}).sparse()},
                             {"d1", strings({{"d1A"}, {"d1B", "d1C"}}).sparse()},
                             {"d2", strings({{"d2A"}, {"d2B", "d2C"}}).sparse()}};
  const auto two = fixture.ids(crossed("[" + kBucketized + R"(,"c"])", R"("hash_bucket_size":5,"hash_key":5)"), 2, features);
  REQUIRE(two);
  CHECK(two->ids == Int64s{1, 0, 1, 3, 4, 2});
  CHECK(two->row_splits == Splits{0, 2, 6});
  CHECK(two->width == 4);
  // A nested cross is its keys: neither its size nor its hash_key counts.
  const auto four = fixture.ids(crossed("[" + kBucketized + R"(,"c",{"type":"crossed_column","keys":["d1","d2"],"hash_bucket_size":10,"hash_key":7}])",
                                        R"("hash_bucket_size":15,"hash_key":5)"), 2, features);
  REQUIRE(four);
  CHECK(four->ids == Int64s{6, 14, 0, 13, 8, 8, 10, 12, 2, 0, 1, 9, 8, 12, 2, 0, 10, 11});
  CHECK(four->width == 16);
  CHECK((*fixture.column(crossed("[" + kBucketized + R"(,"c"])", R"("hash_bucket_size":5)")))->name() == "a_bucketized_X_c");
}

TEST_CASE("cells of dense keys are crossed as they are, after all sparse keys") {
  ColumnFixture fixture;
  const std::string spec = crossed(R"(["a","b"])", R"("hash_bucket_size":100)");
  // Frozen: cross of ('a', '') is 50 and of (-1, 'a') is 58, with the default key.
  CHECK(fixture.ids(spec, 1, {{"a", strings({{"a"}})}, {"b", strings({{""}})}})->ids == Int64s{50});
  CHECK(fixture.ids(spec, 1, {{"a", int64s({{-1}})}, {"b", strings({{"a"}})}})->ids == Int64s{58});
  CHECK(fixture.ids(spec, 1, {{"a", numbers({{0}}).withNulls({1})}, {"b", strings({{"a"}})}})->ids == Int64s{58});
  CHECK(fixture.ids(crossed(R"(["a","b"])", R"("hash_bucket_size":100,"hash_key":0)"), 1, {{"a", strings({{"a"}})}, {"b", strings({{""}})}})->ids == Int64s{50});
  // Sparse 'a' in the second place is hashed first.
  CHECK(fixture.ids(spec, 1, {{"a", strings({{""}})}, {"b", strings({{"a"}}).sparse()}})->ids == Int64s{50});
  const auto ragged = fixture.ids(spec, 3, {{"a", strings({{"a", "x"}, {"a"}, {}})}, {"b", scalars<std::string>(DType::String, {"", "", "q"})}});
  REQUIRE(ragged);
  CHECK(ragged->row_splits == Splits{0, 2, 3, 3});
  CHECK(ragged->ids[2] == 50);
  const auto null = fixture.ids(spec, 1, {{"a", strings({{"a", ""}}).sparse().withNulls({0, 1})}, {"b", strings({{""}})}});
  REQUIRE(null);
  CHECK(null->ids == Int64s{50});
  // Floats are cut to integers, NaN becomes what x86 makes of it: the smallest.
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto smallest = fixture.ids(spec, 1, {{"a", int64s({{1, INT64_MIN}})}, {"b", strings({{"a"}})}});
  CHECK(fixture.ids(spec, 1, {{"a", floats({{1.9f, nan}})}, {"b", strings({{"a"}})}})->ids == smallest->ids);
  CHECK(fixture.ids(spec, 1, {{"a", numbers({{1.5}})}, {"b", strings({{"a"}})}})->ids[0] == smallest->ids[0]);
}

TEST_CASE("crosses refuse what TensorFlow refuses, and more combinations than fit") {
  ColumnFixture fixture;
  const std::string size = R"("hash_bucket_size":10)";
  CHECK_THAT(fixture.refusal(crossed(R"(["a"])", size)), Contains("keys must be a list with length > 1."));
  CHECK_THAT(fixture.refusal(crossed("[]", size)), Contains("keys must be a list with length > 1. Given: []"));
  CHECK_THAT(fixture.refusal(crossed(R"(["a","b"])", R"("hash_bucket_size":0)")), Contains("hash_bucket_size must be > 1. hash_bucket_size: 0"));
  CHECK_THAT(fixture.refusal(crossed(R"(["a",{"type":"categorical_column_with_hash_bucket","key":"b","hash_bucket_size":2}])", size)),
             Contains("categorical_column_with_hash_bucket is not supported for crossing."));
  CHECK_THAT(fixture.refusal(crossed(R"(["a",{"type":"numeric_column","key":"b"}])", size)), Contains("Unsupported key type."));
  CHECK_THAT(fixture.refusal(crossed(R"(["a",)" + weighted(kVideo) + "]", size)), Contains("crossed_column does not support weight_tensor"));
  const auto deep = fixture.ids(crossed(R"(["a","b"])", size), 1, {{"a", nested<std::string>(DType::String, {{{"x"}}})}, {"b", strings({{"y"}})}});
  REQUIRE_FALSE(deep);
  CHECK_THAT(deep.error().message, Contains("Dense inputs should be a matrix"));
  CHECK(fixture.ids(crossed(R"(["a","b"])", size), 1, {{"a", strings({{"x"}}).unordered()}, {"b", strings({{"y"}})}}));
  const auto moved = fixture.ids(crossed(R"(["a","b"])", size), 1, {{"a", strings({{"x"}}).moved()}, {"b", strings({{"y"}})}});
  REQUIRE_FALSE(moved);
  CHECK(moved.error().code == ErrorCode::InvalidBatch);
  const std::vector<std::vector<int64_t>> many = {std::vector<int64_t>(3000, 1)};
  const auto huge = fixture.ids(crossed(R"(["a","b","c","d","e","f","g"])", size), 1,
                                {{"a", int64s(many)}, {"b", int64s(many)}, {"c", int64s(many)}, {"d", int64s(many)}, {"e", int64s(many)}, {"f", int64s(many)}, {"g", int64s(many)}});
  REQUIRE_FALSE(huge);
  CHECK(huge.error().code == ErrorCode::OutOfMemory);
  CHECK(huge.error().row == 0);
  const auto nothing = fixture.ids(crossed(R"(["a","b","c","d"])", size), 1, {{"a", int64s(many)}, {"b", int64s(many)}, {"c", int64s(many)}, {"d", int64s({{}})}});
  REQUIRE(nothing);
  CHECK(nothing->ids.empty());
}

TEST_CASE("weights pair with ids by position, row by row") {
  ColumnFixture fixture;
  const std::string spec = "[" + weighted(kVideo) + "]";
  const auto pairs = fixture.ids(spec, 2, {{"video", strings({{"c"}, {"b", "x"}})}, {"w", floats({{.5f}, {1, -2}})}});
  REQUIRE(pairs);
  CHECK(pairs->ids == Int64s{2, 1, -1});
  CHECK(pairs->weights == Floats{.5f, 1, -2});
  // In arrays '' and 0.0 vanish before they pair.
  const auto shifted = fixture.ids(spec, 1, {{"video", strings({{"a", ""}})}, {"w", floats({{0, 2}})}});
  REQUIRE(shifted);
  CHECK(shifted->weights == Floats{2});
  CHECK(fixture.ids(spec, 1, {{"video", strings({{"a", "b"}}).sparse()}, {"w", floats({{0, 2}}).sparse()}})->weights == Floats{0, 2});
  // Integer weights lose 0, not -1.
  CHECK(fixture.ids("[" + weighted(kVideo, R"(,"dtype":"int64")") + "]", 1, {{"video", strings({{"a", "b"}})}, {"w", int64s({{-1, 0, 3}})}})->weights == Floats{-1, 3});
  CHECK(fixture.ids(spec, 1, {{"video", strings({{"a"}})}, {"w", numbers({{.1}})}})->weights == Floats{.1f});
  const auto uneven = fixture.ids(spec, 2, {{"video", strings({{"a"}, {"b", "c"}})}, {"w", floats({{1}, {1}})}});
  REQUIRE_FALSE(uneven);
  CHECK(uneven.error().row == 1);
  CHECK_THAT(uneven.error().message, Contains("Dimensions 2 and 1 are not compatible"));
  // The sum fits, the rows do not.
  CHECK_FALSE(fixture.ids(spec, 2, {{"video", strings({{"a"}, {"b", "c"}})}, {"w", floats({{1, 2}, {3}})}}));
}

TEST_CASE("weights of another dtype are refused") {
  ColumnFixture fixture;
  const auto refusal = [&](const std::string& more, RawFeature weights, bool autocast) {
    const auto out = fixture.ids("[" + weighted(kVideo, more) + "]", 1, {{"video", strings({{"a"}})}, {"w", std::move(weights)}}, autocast);
    return out ? std::string() : out.error().message;
  };
  CHECK_THAT(refusal("", int64s({{2}}), true), Contains("Bad dtype, expected <dtype: 'float32'>, but got <dtype: 'int64'>."));
  CHECK(refusal("", lists<double>(DType::Float64, {{2}}), true) == "");
  CHECK_THAT(refusal("", lists<double>(DType::Float64, {{2}}), false), Contains("Bad dtype, expected <dtype: 'float32'>, but got <dtype: 'float64'>."));
  CHECK_THAT(refusal(R"(,"dtype":"float64")", lists<double>(DType::Float64, {{2}}), true), Contains("Bad dtype, expected <dtype: 'float64'>"));
  CHECK_THAT(refusal(R"(,"dtype":"float64")", lists<double>(DType::Float64, {{2}}), false), Contains("do not fit float32 tables"));
  CHECK_THAT(refusal(R"(,"dtype":"int64")", numbers({{1.5}}), true), Contains("Bad dtype"));
  CHECK_THAT(fixture.refusal("[" + weighted(kVideo, R"(,"dtype":"string")") + "]"), Contains("dtype <dtype: 'string'> is not convertible to float."));
}

TEST_CASE("weighting a bucketized column loses the offset of the dimension") {
  ColumnFixture fixture;
  const auto out = fixture.ids("[" + weighted(kBucketized) + "]", 1, {{"a", floats({{-1, 5}})}, {"w", floats({{1, 2}})}});
  REQUIRE(out);
  CHECK(out->ids == Int64s{0, 2});
}

TEST_CASE("indicators count ids, or sum their weights") {
  ColumnFixture fixture;
  CHECK(*fixture.dense(indicator(kVideo), 3, {{"video", strings({{"c", "b", "unknown"}, {}, {"a", "a"}})}}) == Floats{0, 1, 1, 0, 0, 0, 2, 0, 0});
  const Features features = {{"video", strings({{"c", "b", "a", "c"}})}, {"w", floats({{2, 4, 6, 1}})}};
  CHECK(*fixture.dense(indicator(weighted(kVideo)), 1, features) == Floats{6, 4, 3});
  CHECK(*fixture.dense(indicator(kIdentity), 1, {{"id", int64s({{0, 7, -3}})}}) == Floats{1, 0, 0});
  CHECK(*fixture.dense(indicator(kIdentity), 1, {{"id", nested<int64_t>(DType::Int64, {{{0, 2}}})}}) == Floats{1, 0, 1});
  CHECK_FALSE(fixture.dense(indicator(kIdentity), 1, {{"id", nested<int64_t>(DType::Int64, {{{0}, {2}}})}}));
  CHECK_FALSE(fixture.dense(indicator(kIdentity), 1, {{"id", int64s({{0}}).unordered()}}));
  CHECK_THAT(fixture.refusal(indicator(R"({"type":"numeric_column","key":"x"})")), Contains("Unsupported input type. Input must be a CategoricalColumn."));
  CHECK_THAT(fixture.refusal(indicator(R"({"type":"categorical_column_with_identity","key":"x","num_buckets":9223372036854775807})")), Contains("does not fit in memory"));
}

TEST_CASE("embeddings look rows up and combine them") {
  ColumnFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  CHECK(*fixture.dense(embedding(kIdentity), 3, {{"id", int64s({{2, -1}, {0, 1}, {-5}})}}) == Floats{7, 11, 2, 3.5f, 0, 0});
  CHECK(*fixture.dense(embedding(weighted(kIdentity), R"(,"combiner":"sum")"), 1, {{"id", int64s({{0, 1}})}, {"w", floats({{2, -1}})}}) == Floats{-1, -1});
  const auto far = fixture.dense(embedding(kIdentity), 2, {{"id", int64s({{0, 1}, {3}})}});
  REQUIRE_FALSE(far);
  CHECK(far.error().code == ErrorCode::OutOfRange);
  CHECK(far.error().column == "id");
  CHECK(far.error().row == 1);
  CHECK(far.error().value == "3");
  CHECK_THAT(far.error().message, Contains(R"(column "id": id 3 in row 1 is out of range, indices[2] = 3 is not in [0, 3))"));
  const std::string unsafe = R"(,"use_safe_embedding_lookup":false)";
  CHECK(*fixture.dense(embedding(kIdentity, unsafe), 2, {{"id", int64s({{1}, {}})}}) == Floats{3, 5, 0, 0});
  CHECK_FALSE(fixture.dense(embedding(kIdentity, unsafe), 1, {{"id", int64s({{-2}})}}));
  CHECK_FALSE(fixture.dense(embedding(kIdentity, unsafe), 1, {{"id", int64s({{1}}).moved()}}));
  CHECK(fixture.dense(embedding(kIdentity, unsafe), 1, {{"id", int64s({{1}}).unordered()}}));
  CHECK(fixture.dense(embedding(kIdentity), 1, {{"id", int64s({{1}}).moved()}}));
}

TEST_CASE("embedding definitions are refused as TensorFlow refuses them") {
  ColumnFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}}).table(2, {{1, 2}});
  const auto with = [&](const std::string& more) { return R"([{"type":"embedding_column","categorical_column":)" + kIdentity + more + "}]"; };
  CHECK_THAT(fixture.refusal(with("")), Contains("Invalid dimension None."));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":0)")), Contains("Invalid dimension 0."));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2,"ckpt_to_load_from":"m")")), Contains("Must specify both `ckpt_to_load_from` and `tensor_name_in_ckpt` or none of them."));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2,"initializer":5)")), Contains("initializer must be callable if specified. Embedding of column_name: id"));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2,"initializer":"not an initializer")")), Contains("initializer must be callable if specified."));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2,"table":1,"combiner":"max")")), Contains("combiner must be one of 'mean', 'sqrtn' or 'sum', got max"));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2)")), Contains("cannot be reproduced"));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2,"table":9)")), Contains("there is no table 9"));
  CHECK_THAT(fixture.refusal(with(R"(,"dimension":2,"table":2,"tensor_name_in_ckpt":"t","ckpt_to_load_from":"m")")),
             Contains("Shape of variable id_embedding/embedding_weights ((3, 2)) doesn't match with shape of tensor t ([1, 2]) from checkpoint reader"));
  CHECK(fixture.refusal(with(R"(,"dimension":2,"table":1,"initializer":{"class_name":"TruncatedNormal","config":{}})")) == "");
  CHECK(fixture.refusal(with(R"(,"dimension":2,"table":1,"initializer":"glorot_uniform")")) == "");
}

TEST_CASE("shared embeddings are one column for each of theirs, over one table") {
  ColumnFixture fixture;
  fixture.table(1, {{1, 2}, {3, 5}, {7, 11}});
  const std::string b = R"({"type":"categorical_column_with_identity","key":"b","num_buckets":3})";
  const auto shared = [&](const std::string& columns, const std::string& more = "") {
    return R"([{"type":"shared_embeddings","dimension":2,"table":1,"categorical_columns":[)" + columns + "]" + more + "}]";
  };
  const auto made = fixture.columns(shared(kIdentity + "," + weighted(b)));
  REQUIRE(made);
  REQUIRE(made->size() == 2);
  CHECK((*made)[0]->name() == "id_shared_embedding");
  CHECK((*made)[1]->name() == "b_weighted_by_w_shared_embedding");
  CHECK(*fixture.dense(R"([{"type":"shared_embedding_column","dimension":2,"table":1,"categorical_column":)" + kIdentity + "}]", 1, {{"id", int64s({{2}})}}) == Floats{7, 11});
  CHECK_THAT(fixture.refusal(shared("")), Contains("must not be empty"));
  CHECK_THAT(fixture.refusal(shared(kIdentity + "," + kVideo)), Contains("all categorical_columns must have the same type"));
  CHECK_THAT(fixture.refusal(shared(kIdentity + R"(,{"type":"categorical_column_with_identity","key":"b","num_buckets":4})")),
             Contains("all categorical_columns must have the same number of buckets"));
  CHECK_THAT(fixture.refusal(shared(R"({"type":"numeric_column","key":"x"})")), Contains("All categorical_columns must be subclasses of CategoricalColumn."));
  CHECK_THAT(fixture.refusal(shared(kIdentity, R"(,"initializer":"x")")), Contains("initializer must be callable if specified."));
  CHECK(fixture.refusal(shared(kSequence + "," + b)) == "");  // sequence columns are peeled
}

TEST_CASE("sequences keep their holes; lengths count to the last value") {
  ColumnFixture fixture;
  fixture.table(1, {{1, 2}, {3, 4}, {5, 6}});
  const auto dense = fixture.sequence(embedding(kSequence), 3, {{"id", int64s({{0, -1, 2, -1}, {-1}, {-5, 1}})}});
  REQUIRE(dense);
  CHECK(dense->steps == 4);
  CHECK(dense->lengths == Lengths{3, 0, 2});
  CHECK(dense->data == Floats{1, 2, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0});
  const auto steps = fixture.sequence(indicator(kSequence), 2, {{"id", nested<int64_t>(DType::Int64, {{{2}, {0, 1}}, {{2, 2, -1}, {-1}}})}});
  REQUIRE(steps);
  CHECK(steps->data == Floats{0, 0, 1, 1, 1, 0, 0, 0, 2, 0, 0, 0});
  CHECK(steps->lengths == Lengths{2, 1});
  const auto sparse = fixture.sequence(embedding(kSequence), 2, {{"id", int64s({{2, 0}, {1}}).at({1, 3, 0}, 5)}});
  REQUIRE(sparse);
  CHECK(sparse->steps == 5);
  CHECK(sparse->lengths == Lengths{4, 1});
  CHECK(sparse->data == Floats{0, 0, 5, 6, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0});
  const auto empty = fixture.sequence(embedding(kSequence), 2, {{"id", int64s({{}, {}})}});
  REQUIRE(empty);
  CHECK(empty->steps == 0);
  CHECK(empty->lengths == Lengths{0, 0});
  const auto far = fixture.sequence(embedding(kSequence), 2, {{"id", int64s({{0, 1}, {0, 3}})}});
  REQUIRE_FALSE(far);
  CHECK(far.error().row == 1);
  const auto made = fixture.column(embedding(kSequence));
  CHECK((*made)->dense() == nullptr);
  CHECK((*made)->sequenceDense() != nullptr);
}

TEST_CASE("sequences of numbers") {
  ColumnFixture fixture;
  const auto numeric = [](const std::string& more = "") { return R"([{"type":"sequence_numeric_column","key":"n")" + more + "}]"; };
  const auto flat = fixture.sequence(numeric(), 2, {{"n", floats({{0, 1}, {10}}).sparse()}});
  REQUIRE(flat);
  CHECK(flat->data == Floats{0, 1, 10, 0});
  CHECK(flat->lengths == Lengths{2, 1});
  const auto dense = fixture.sequence(numeric(R"(,"default_value":-1,"normalizer_fn":[["mul",2]])"), 2, {{"n", numbers({{0, 1}, {10}})}});
  REQUIRE(dense);
  CHECK(dense->data == Floats{0, 2, 20, -1});
  const auto deep = fixture.sequence(numeric(), 2, {{"n", nested<float>(DType::Float32, {{{20, 3}, {5}}, {{3}, {8}}}).sparse()}});
  REQUIRE(deep);
  CHECK(deep->data == Floats{20, 3, 5, 0, 3, 0, 8, 0});
  CHECK(deep->lengths == Lengths{2, 2});
  const auto square = fixture.sequence(numeric(R"(,"shape":[2,2])"), 2, {{"n", floats({{0, 1, 2, 3, 4, 5, 6, 7}, {10, 11, 12, 13}}).sparse()}});
  REQUIRE(square);
  CHECK(square->steps == 2);
  CHECK(square->data == Floats{0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12, 13, 0, 0, 0, 0});
  CHECK(square->lengths == Lengths{2, 1});
  const auto holes = fixture.sequence(numeric(R"(,"shape":[2])"), 1, {{"n", floats({{7, 8}}).at({1, 2}, 6)}});
  REQUIRE(holes);
  CHECK(holes->data == Floats{0, 7, 8, 0, 0, 0});
  CHECK(holes->lengths == Lengths{2});
  const auto uneven = fixture.sequence(numeric(R"(,"shape":[2])"), 1, {{"n", floats({{1, 2, 3}}).sparse()}});
  REQUIRE_FALSE(uneven);
  CHECK_THAT(uneven.error().message, Contains("Dimension size must be evenly divisible by 2 but is 3"));
  // A row that TensorFlow refuses alone is refused beside a longer one too.
  const auto beside = fixture.sequence(numeric(R"(,"shape":[2])"), 2, {{"n", floats({{1, 2, 3, 4}, {1, 2, 3}}).sparse()}});
  REQUIRE_FALSE(beside);
  CHECK(beside.error().row == 1);
  const auto integers = fixture.sequence(numeric(), 1, {{"n", int64s({{1}}).sparse()}});
  REQUIRE_FALSE(integers);
  CHECK_THAT(integers.error().message, Contains("Cannot convert 0 to EagerTensor of dtype int64"));
  CHECK_THAT(fixture.refusal(numeric(R"(,"shape":[0])")), Contains("shape dimensions must be greater than 0."));
}

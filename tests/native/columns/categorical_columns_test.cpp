// Hash buckets, identity and vocabularies: TensorFlow's own frozen values (spec 13.1), dropping and dtype checks.
#include "catch.hpp"
#include "column_fixture.hpp"

using namespace fcol;
using namespace fcol::testing;
using Catch::Matchers::Contains;
using Int64s = std::vector<int64_t>;
using Splits = std::vector<uint32_t>;

namespace {
const std::string kHash = R"([{"type":"categorical_column_with_hash_bucket","key":"a","hash_bucket_size":10}])";
const std::string kHashInts = R"([{"type":"categorical_column_with_hash_bucket","key":"a","hash_bucket_size":10,"dtype":"int64"}])";

std::string identity(const std::string& more) { return R"([{"type":"categorical_column_with_identity","key":"a",)" + more + "}]"; }
std::string list(const std::string& more) { return R"([{"type":"categorical_column_with_vocabulary_list","key":"a",)" + more + "}]"; }
std::string file(const std::string& more) {
  return R"([{"type":"categorical_column_with_vocabulary_file","key":"a","vocabulary_file":"videos.txt","vocabulary":1)" + more + "}]";
}
}  // namespace

TEST_CASE("strings and integers fall into TensorFlow's hash buckets") {
  ColumnFixture fixture;
  const auto text = fixture.ids(kHash, 2, {{"a", strings({{"omar"}, {"stringer", "marlo"}})}});
  REQUIRE(text);
  CHECK(text->ids == Int64s{6, 4, 1});
  CHECK(text->row_splits == Splits{0, 1, 3});
  for (const DType dtype : {DType::Int64, DType::Int32, DType::Number}) {
    RawFeature feature = dtype == DType::Int64    ? int64s({{101}, {201, 301}})
                         : dtype == DType::Int32 ? lists<int32_t>(dtype, {{101}, {201, 301}})
                                                 : numbers({{101}, {201, 301}});
    const auto ints = fixture.ids(kHashInts, 2, {{"a", feature}});
    REQUIRE(ints);
    CHECK(ints->ids == Int64s{3, 7, 5});
  }
}

TEST_CASE("arrays drop '' and -1, sparse tensors keep them, null is dropped from both") {
  ColumnFixture fixture;
  const auto dense = fixture.ids(kHash, 3, {{"a", strings({{"omar", ""}, {"", "stringer", "marlo"}, {}})}});
  REQUIRE(dense);
  CHECK(dense->ids == Int64s{6, 4, 1});
  CHECK(dense->row_splits == Splits{0, 1, 3, 3});
  CHECK(dense->width == 3);
  const auto sparse = fixture.ids(kHash, 2, {{"a", strings({{"omar", ""}, {""}}).sparse()}});
  REQUIRE(sparse);
  CHECK(sparse->ids.size() == 3);
  const auto scalar = fixture.ids(kHash, 3, {{"a", scalars<std::string>(DType::String, {"omar", "", "marlo"})}});
  REQUIRE(scalar);
  CHECK(scalar->ids == Int64s{6, 1});
  CHECK(scalar->row_splits == Splits{0, 1, 1, 2});
  const auto numbers_with_null = fixture.ids(identity(R"("num_buckets":4)"), 1, {{"a", numbers({{0, 2, -1}}).withNulls({1, 0, 0})}});
  REQUIRE(numbers_with_null);
  CHECK(numbers_with_null->ids == Int64s{2});
  const auto sparse_null = fixture.ids(identity(R"("num_buckets":4)"), 1, {{"a", int64s({{-1, 2, -1}}).sparse().withNulls({1, 0, 0})}});
  REQUIRE(sparse_null);
  CHECK(sparse_null->ids == Int64s{2, -1});
}

TEST_CASE("identity keeps ids, or maps those out of range to its default") {
  ColumnFixture fixture;
  const auto mapped = fixture.ids(identity(R"("num_buckets":4,"default_value":3)"), 2, {{"a", int64s({{1}, {-1, 99}}).sparse()}});
  REQUIRE(mapped);
  CHECK(mapped->ids == Int64s{1, 3, 3});
  const auto dense = fixture.ids(identity(R"("num_buckets":4,"default_value":3)"), 1, {{"a", int64s({{-1, -2, 4}})}});
  REQUIRE(dense);
  CHECK(dense->ids == Int64s{3, 3});
  const auto kept = fixture.ids(identity(R"("num_buckets":2)"), 1, {{"a", int64s({{-9, int64_t{1} << 40}})}});
  REQUIRE(kept);
  CHECK(kept->ids == Int64s{-9, int64_t{1} << 40});
}

TEST_CASE("vocabularies: index, default and out-of-vocabulary buckets") {
  ColumnFixture fixture;
  fixture.vocabulary(1, "omar\r\nstringer\r\nmarlo\r\n");
  const Features words = {{"a", strings({{"marlo"}, {"skywalker", "omar", "heisenberg"}})}};
  const std::string keys = R"("vocabulary_list":["omar","stringer","marlo"])";
  for (const auto& spec : {list(keys + R"(,"num_oov_buckets":100)"), file(R"(,"num_oov_buckets":100)")}) {
    const auto out = fixture.ids(spec, 2, words);
    REQUIRE(out);
    CHECK(out->ids == Int64s{2, 33, 0, 62});
    CHECK((*fixture.column(spec))->categorical()->numBuckets() == 103);
  }
  for (const auto& spec : {list(keys + R"(,"default_value":2)"), file(R"(,"default_value":2)")}) {
    const auto out = fixture.ids(spec, 2, words);
    REQUIRE(out);
    CHECK(out->ids == Int64s{2, 2, 0, 2});
  }
  const auto unknown = fixture.ids(file(""), 2, words);
  REQUIRE(unknown);
  CHECK(unknown->ids == Int64s{2, -1, 0, -1});
  const auto ints = fixture.ids(list(R"("vocabulary_list":[30,35,11,23,22],"dtype":"int32","num_oov_buckets":100)"), 3,
                                {{"a", lists<int32_t>(DType::Int32, {{11}, {100, 30}, {22}})}});
  REQUIRE(ints);
  CHECK(ints->ids == Int64s{2, 60, 0, 4});
}

TEST_CASE("features of the wrong dtype are refused with TensorFlow's phrase") {
  ColumnFixture fixture;
  fixture.vocabulary(1, "omar\n");
  const auto refusal = [&](const std::string& spec, RawFeature feature) {
    const auto out = fixture.ids(spec, 1, {{"a", std::move(feature)}});
    REQUIRE_FALSE(out);
    CHECK(out.error().code == ErrorCode::DtypeMismatch);
    CHECK(out.error().column == "a");
    return out.error();
  };
  const std::string incompatible = "Column dtype and SparseTensors dtype must be compatible. key: a, column dtype: <dtype: 'string'>, tensor dtype: <dtype: 'int64'>";
  CHECK_THAT(refusal(kHash, int64s({{5}})).message, Contains(incompatible));
  CHECK_THAT(refusal(file(""), int64s({{5}})).message, Contains(incompatible));
  CHECK_THAT(refusal(kHashInts, strings({{"5"}})).message, Contains("must be compatible"));
  CHECK_THAT(refusal(kHashInts, floats({{5}})).message, Contains("dtype must be string or integer. dtype: <dtype: 'float32'>"));
  CHECK_THAT(refusal(identity(R"("num_buckets":3)"), strings({{"0"}})).message, Contains("Invalid input, not integer. key: a dtype: <dtype: 'string'>"));
  const auto fraction = refusal(identity(R"("num_buckets":3)"), numbers({{1, 1.5}}));
  CHECK_THAT(fraction.message, Contains("Invalid input, not integer"));
  CHECK(fraction.row == 0);
  CHECK(fraction.value == "1.5");
  CHECK_THAT(refusal(kHashInts, numbers({{9007199254740992.0}})).message, Contains("must be compatible"));
}

TEST_CASE("a feature that is not in the batch is named") {
  ColumnFixture fixture;
  const auto out = fixture.ids(kHash, 1, {});
  REQUIRE_FALSE(out);
  CHECK(out.error().code == ErrorCode::MissingFeature);
  CHECK_THAT(out.error().message, Contains("Feature a is not in features dictionary"));
}

TEST_CASE("categorical definitions are refused as TensorFlow refuses them") {
  ColumnFixture fixture;
  fixture.vocabulary(1, "omar\nmarlo\n").vocabulary(2, "1\n2\n", DType::Int64);
  CHECK_THAT(fixture.refusal(identity(R"("num_buckets":0)")), Contains("num_buckets 0 < 1, column_name a"));
  CHECK_THAT(fixture.refusal(identity(R"("num_buckets":3,"default_value":3)")), Contains("default_value 3 not in range [0, 3), column_name a"));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_identity","key":5,"num_buckets":3}])"),
             Contains("key must be a string. Got: type <class 'int'>. Given key: 5."));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_hash_bucket","key":"a"}])"), Contains("hash_bucket_size must be set. key: a"));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_hash_bucket","key":"a","hash_bucket_size":0}])"), Contains("hash_bucket_size must be at least 1."));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_hash_bucket","key":"a","hash_bucket_size":2,"dtype":"float32"}])"),
             Contains("dtype must be string or integer. dtype: <dtype: 'float32'>."));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":[])")), Contains("must be non-empty, column_name: a"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":["x","x"])")), Contains("Duplicate keys in vocabulary_list"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":[1,1])")), Contains("Duplicate keys in vocabulary_list"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":[1.5])")), Contains("vocabulary dtype must be string or integer. dtype: <dtype: 'float64'>"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":[true])")), Contains("vocabulary dtype must be string or integer. dtype: <dtype: 'bool'>"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":["a",1])")), Contains("Failed to convert elements"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":["a"],"dtype":"int64")")), Contains("dtype <dtype: 'int64'> and vocabulary dtype <dtype: 'string'> do not match"));
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":["a"],"default_value":1,"num_oov_buckets":1)")), Contains("Can't specify both num_oov_buckets and default_value in a."));
  CHECK(fixture.refusal(list(R"("vocabulary_list":["a"],"default_value":-1,"num_oov_buckets":1)")) == "");
  CHECK_THAT(fixture.refusal(list(R"("vocabulary_list":["a"],"num_oov_buckets":-2)")), Contains("Invalid num_oov_buckets -2 in a."));
  CHECK_THAT(fixture.refusal(file(R"(,"default_value":-1,"num_oov_buckets":1)")), Contains("Can't specify both num_oov_buckets and default_value in a."));
  CHECK_THAT(fixture.refusal(file(R"(,"num_oov_buckets":-1)")), Contains("Invalid num_oov_buckets -1 in a."));
  CHECK_THAT(fixture.refusal(file(R"(,"vocabulary_size":0)")), Contains("Invalid vocabulary_size in a."));
  CHECK_THAT(fixture.refusal(file(R"(,"vocabulary_size":3)")), Contains("Invalid vocab_size in videos.txt: expected 3 but got 2"));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_vocabulary_file","key":"a","vocabulary_file":""}])"), Contains("Missing vocabulary_file in a."));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_vocabulary_file","key":"a","vocabulary_file":"x"}])"), Contains("vocabulary_file in a does not exist"));
  CHECK_THAT(fixture.refusal(R"([{"type":"categorical_column_with_vocabulary_file","key":"a","vocabulary_file":"x","vocabulary":2}])"), Contains("do not match"));
}

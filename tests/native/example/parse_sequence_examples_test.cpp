// What tf.io.parse_sequence_example of TensorFlow 2.21 gives or refuses.
#include "catch.hpp"
#include "example/example_batch.hpp"
#include "example_writer.hpp"
#include "feature_text.hpp"

using namespace fcol;
using namespace fcol::test;

namespace {

std::string parse(const std::vector<std::string>& examples, const ParsedFeature& feature) {
  const Texts texts(examples);
  const std::vector<ParsedFeature> features{feature};
  const auto batch = parseSequenceExamples(texts, features);
  return batch ? featureText((*batch)->batch().features.at(0)) : batch.error().message;
}

std::string lists(const std::string& entries) { return field(2, entries); }
std::string context(const std::string& entries) { return field(1, entries); }
const ParsedFeature kIds{"ids", DType::Int64, false, {}, {}};

}  // namespace

TEST_CASE("Feature lists become steps; an empty Feature is a step without values", "[example]") {
  CHECK(parse({lists(entry("ids", featureList({integerFeature({1, 2}), "", integerFeature({3})}))), lists("")}, kIds) == "int64 sparse 3/3 [[1 2][][3]][]");
  CHECK(parse({lists(entry("ids", ""))}, kIds) == "int64 sparse 3/0 []");
  CHECK(parse({""}, kIds) == "int64 sparse 3/0 []");
  CHECK(parse({}, kIds) == "int64 sparse 3/0 ");
  CHECK(parse({lists(entry("ids", featureList({integerFeature({1})})) + entry("ids", featureList({integerFeature({2})})))}, kIds) == "int64 sparse 3/1 [[2]]");
}

TEST_CASE("A feature in the context has a step a value, beside lists too", "[example]") {
  const std::string in_context = context(entry("ids", integerFeature({4, 5})));
  CHECK(parse({in_context, ""}, kIds) == "int64 sparse 2/2 [4 5][]");
  CHECK(parse({in_context, lists(entry("ids", featureList({integerFeature({1, 2})})))}, kIds) == "int64 sparse 3/2 [[4][5]][[1 2]]");
  CHECK(parse({in_context + lists(entry("ids", featureList({integerFeature({1, 2})})))}, kIds) == "int64 sparse 3/1 [[1 2]]");
  const ParsedFeature age{"age", DType::Float32, true, {1}, {}};
  CHECK(parse({context(entry("age", floatFeature({30})))}, age) == "float32 dense 1/1 [30]");
  CHECK(parse({""}, age).find("is required but could not be found") != std::string::npos);
}

TEST_CASE("Broken sequences are refused", "[example]") {
  CHECK(parse({lists(entry("ids", featureList({bytesFeature({"x"})})))}, kIds).find("Data types don't match") != std::string::npos);
  CHECK(parse({lists(entry("ids", "\x0a\x02\x1a\x71"))}, kIds).find("does not end where") != std::string::npos);
  CHECK(parse({lists(entry("ids", "\x12"))}, kIds).find("feature list is broken") != std::string::npos);
  CHECK(parse({lists(field(1, field(2, "") + field(1, "ids")))}, kIds).find("Could not parse") != std::string::npos);
}

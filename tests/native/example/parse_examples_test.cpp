// What tf.io.parse_example of TensorFlow 2.21 gives or refuses, rule by rule.
#include "catch.hpp"
#include "example/example_batch.hpp"
#include "example_writer.hpp"
#include "feature_text.hpp"

using namespace fcol;
using namespace fcol::test;

namespace {

ParsedFeature varLen(const std::string& key, DType dtype) { return {key, dtype, false, {}, {}}; }
ParsedFeature fixed(const std::string& key, DType dtype, std::vector<uint32_t> shape, std::vector<double> default_value = {}) {
  return {key, dtype, true, std::move(shape), std::move(default_value)};
}

// The feature as text, or the error's message.
std::string parse(const std::vector<std::string>& examples, const ParsedFeature& feature) {
  const Texts texts(examples);
  const std::vector<ParsedFeature> features{feature};
  const auto batch = parseExamples(texts, features);
  if (!batch) return batch.error().message;
  REQUIRE((*batch)->batch().rows == examples.size());
  return featureText((*batch)->batch().features.at(0));
}

std::string example(const std::string& entries) { return field(1, entries); }
bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("VarLen features of every kind, packed and not, become sparse", "[example]") {
  const auto strings = varLen("s", DType::String);
  CHECK(parse({example(entry("s", bytesFeature({"omar", "", "a longer string than sixteen bytes", "ninebytes"})))}, strings) ==
        "string sparse 2/4 [omar  a longer string than sixteen bytes ninebytes]");
  CHECK(parse({example(""), example(entry("s", bytesFeature({"x", "y"}))), "", example(entry("s", ""))}, strings) == "string sparse 2/2 [][x y][][]");
  CHECK(parse({}, strings) == "string sparse 2/0 ");
  for (const bool packed : {true, false}) {
    CHECK(parse({example(entry("f", floatFeature({1.5f, -2, 0}, packed)))}, varLen("f", DType::Float32)) == "float32 sparse 2/3 [1.5 -2 0]");
    CHECK(parse({example(entry("i", integerFeature({0, -1, 300, INT64_MIN, INT64_MAX}, packed)))}, varLen("i", DType::Int64)) ==
          "int64 sparse 2/5 [0 -1 300 -9223372036854775808 9223372036854775807]");
  }
}

TEST_CASE("FixedLen features become dense, absent ones their default", "[example]") {
  const std::string two = example(entry("f", floatFeature({1, 2})));
  CHECK(parse({two, two}, fixed("f", DType::Float32, {2})) == "float32 dense 2/2 [1 2][1 2]");
  CHECK(parse({two}, fixed("f", DType::Float32, {1, 2})) == "float32 dense 3/1 [[1 2]]");
  CHECK(parse({two}, fixed("f", DType::Float32, {2, 1})) == "float32 dense 3/2 [[1][2]]");
  CHECK(parse({example(entry("f", floatFeature({7}))), example("")}, fixed("f", DType::Float32, {1}, {0.25})) == "float32 dense 1/1 [7 0.25]");
  CHECK(parse({example(entry("i", ""))}, fixed("i", DType::Int64, {}, {-7})) == "int64 dense 1/1 [-7]");
  CHECK(parse({example(entry("s", bytesFeature({"a", "b"})))}, fixed("s", DType::String, {2})) == "string dense 2/2 [a b]");
  CHECK(contains(parse({example("")}, fixed("f", DType::Float32, {1})), "Feature: f (data type: float) is required but could not be found"));
  CHECK(contains(parse({two}, fixed("f", DType::Float32, {1}, {0})), "Number of float values != expected.  Values size: 2"));
  CHECK(contains(parse({example(entry("f", floatFeature({})))}, fixed("f", DType::Float32, {1}, {0})), "Number of float values != expected.  Values size: 0"));
}

TEST_CASE("Of equal keys the last counts; for FixedLen the last with a kind", "[example]") {
  const std::string first = entry("i", integerFeature({1})), second = entry("i", integerFeature({2, 3})), none = entry("i", "");
  CHECK(parse({example(first + second)}, varLen("i", DType::Int64)) == "int64 sparse 2/2 [2 3]");
  CHECK(parse({example(first + none)}, varLen("i", DType::Int64)) == "int64 sparse 2/0 []");
  CHECK(parse({example(first + none)}, fixed("i", DType::Int64, {1})) == "int64 dense 1/1 [1]");
  CHECK(parse({example(first) + example(second)}, varLen("i", DType::Int64)) == "int64 sparse 2/2 [2 3]");  // concatenated
  CHECK(parse({example(entry("i", floatFeature({1})) + first)}, varLen("i", DType::Int64)) == "int64 sparse 2/1 [1]");
}

TEST_CASE("Of several kinds in a feature, or several packed parts, the first counts", "[example]") {
  CHECK(parse({example(entry("i", integerFeature({1}) + bytesFeature({"x"})))}, varLen("i", DType::Int64)) == "int64 sparse 2/1 [1]");
  CHECK(parse({example(entry("i", field(3, field(1, varint(1)) + field(1, varint(2)))))}, varLen("i", DType::Int64)) == "int64 sparse 2/1 [1]");
  CHECK(parse({example(entry("f", field(2, field(1, floatBits(1) + "xy"))))}, varLen("f", DType::Float32)) == "float32 sparse 2/1 [1]");
}

TEST_CASE("Another type, an unknown kind and types that examples have not", "[example]") {
  const auto integers = varLen("i", DType::Int64);
  CHECK(contains(parse({example(entry("i", bytesFeature({"x"})))}, integers), "Data types don't match. Data type: string but expected type: int64"));
  CHECK(contains(parse({example(entry("i", floatFeature({1})))}, varLen("i", DType::String)), "Data type: float but expected type: string"));
  CHECK(contains(parse({example(entry("i", "\x22"))}, integers), "Unsupported datatype."));
  CHECK(contains(parse({}, varLen("i", DType::Float64)), "Value for attr of double is not in the list of allowed values: float, int64, string"));
  CHECK(contains(parse({}, varLen("i", DType::Int32)), "int32"));
  const Texts bad({example(""), example(entry("i", bytesFeature({"x"})))});
  const std::vector<ParsedFeature> features{integers};
  const auto result = parseExamples(bad, features);
  REQUIRE_FALSE(result);
  CHECK(result.error().code == ErrorCode::InvalidExample);
  CHECK(result.error().column == "i");
  CHECK(result.error().row == 1);
}

TEST_CASE("Malformed bytes are refused or tolerated exactly as by TensorFlow", "[example]") {
  const auto strings = varLen("s", DType::String), integers = varLen("i", DType::Int64);
  const std::string good = entry("s", bytesFeature({"x"}));
  CHECK(parse({"\x0a\x05"}, strings) == "string sparse 2/0 []");                               // a length beyond the end ends there
  CHECK(parse({example(good) + "\x18\x05"}, strings) == "string sparse 2/1 [x]");              // fields that Example has not
  CHECK(parse({example(good) + "\x22\x7f"}, strings) == "string sparse 2/1 [x]");
  CHECK(contains(parse({example(good) + "\x1b\x1c"}, strings), "Could not parse example input"));  // a group
  CHECK(contains(parse({example(good).substr(0, example(good).size() - 1)}, strings), "Could not parse example input"));
  CHECK(contains(parse({example(field(1, field(1, "s")))}, strings), "Could not parse example input"));  // an entry without a value
  CHECK(parse({example(field(1, field(2, bytesFeature({"x"})) + field(1, "s")))}, strings) == "string sparse 2/1 [x]");  // in the other order
  CHECK(contains(parse({example(field(1, field(1, "s") + field(2, "") + field(3, "")))}, strings), "Could not parse example input"));
  CHECK(contains(parse({example(entry("s", field(1, "\x0a\x05x")))}, strings), "Can't parse serialized Example."));
  CHECK(contains(parse({example(entry("i", field(3, field(1, "\xff"))))}, integers), "Can't parse serialized Example."));
  CHECK(contains(parse({example(entry("i", field(3, "\x10\x01")))}, integers), "Can't parse serialized Example."));
  CHECK(contains(parse({example(entry("i", field(3, std::string(11, '\xff'))))}, integers), "Can't parse serialized Example."));
  CHECK(contains(parse({example(entry("f", field(2, field(1, "") + "x").substr(0, 3) + "\x08"))}, varLen("f", DType::Float32)), "Can't parse"));
}

TEST_CASE("Many features in changing order find their places", "[example]") {
  std::vector<ParsedFeature> features;
  for (int i = 0; i < 100; ++i) features.push_back(varLen("key" + std::to_string(i), DType::Int64));
  std::vector<std::string> examples;
  for (int row = 0; row < 5; ++row) {
    std::string entries = entry("unknown", bytesFeature({"x"})) + entry("", bytesFeature({"y"}));
    for (int i = 0; i < 100; ++i) entries += entry("key" + std::to_string((i * 37 + row) % 100), integerFeature({(i * 37 + row) % 100 + 1000 * row}));
    examples.push_back(example(entries));
  }
  const Texts texts(examples);
  const auto batch = parseExamples(texts, features);
  REQUIRE(batch);
  for (int i = 0; i < 100; ++i)
    for (int row = 0; row < 5; ++row) CHECK((*batch)->batch().features[static_cast<size_t>(i)].as<int64_t>()[static_cast<size_t>(row)] == i + 1000 * row);
}

TEST_CASE("Every cut and bit flip of an example is parsed or refused, within its bytes", "[example]") {
  const std::string whole = example(entry("s", bytesFeature({"omar", ""})) + entry("i", integerFeature({1, 300})) + entry("u", integerFeature({7}, false)) +
                                    entry("f", floatFeature({1, 2})) + entry("d", floatFeature({1, 2}, false)));
  const std::vector<ParsedFeature> features{varLen("s", DType::String), varLen("i", DType::Int64), varLen("u", DType::Int64), fixed("f", DType::Float32, {2}, {0, 0}),
                                            varLen("d", DType::Float32)};
  size_t parsed = 0;
  for (size_t size = 0; size <= whole.size(); ++size) parsed += parseExamples(Texts({whole.substr(0, size)}), features).ok();
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    std::string broken = whole;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    parsed += parseExamples(Texts({broken}), features).ok();
  }
  CHECK(parsed > 8);  // flips in values and unknown keys
}

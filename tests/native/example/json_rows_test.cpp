// Rows of JSON: the contract of design/api.md "Batches", and refusals.
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "catch.hpp"
#include "example/example_batch.hpp"
#include "feature_text.hpp"

using namespace fcol;
using namespace fcol::test;

namespace {

// The feature "a" as text, or the error's message.
std::string parse(std::string_view lines, DType wanted = DType::None) {
  const std::vector<std::string> keys{"a"};
  const std::vector<DType> dtypes{wanted};
  const auto batch = parseJsonRows(lines, keys, dtypes);
  return batch ? featureText((*batch)->batch().features.at(0)) : batch.error().message;
}

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("Shapes: scalars, arrays, steps, deeper arrays", "[rows]") {
  CHECK(parse("{\"a\":\"x\"}\n{\"a\":\"y\"}\n") == "string dense 1/1 [x y]");
  CHECK(parse(R"({"a": 5})") == "number dense 1/1 [5]");
  CHECK(parse("{\"a\":[1,2]}\n{\"a\":[]}\n{\"a\":3}") == "number dense 2/2 [1 2][][3]");
  CHECK(parse("{\"a\":[[1,2],[],[3]]}\n{\"a\":[[4]]}") == "number dense 3/3 [[1 2][][3]][[4]]");
  CHECK(parse("{\"a\":[[[1,2],[3]],[[4]]]}") == "number dense 4/2 [[1 2 3][4]]");
  CHECK(parse("{\"a\":{\"values\":[\"\",\"x\"]}}") == "string sparse 2/2 [ x]");
  CHECK(parse("{\"a\":{\"values\":[[1],[2,3]]}}") == "number sparse 3/2 [[1][2 3]]");
  CHECK(parse("{\"a\":[[]]}\n{\"a\":[]}") == "number dense 3/1 [[]][]");
}

TEST_CASE("Each row means what it means alone: depths and forms may differ", "[rows]") {
  CHECK(parse("{\"a\":[1,2]}\n{\"a\":[[3,4]]}\n{\"a\":5}\n{}") == "number dense 3/2 [[1][2]][[3 4]][[5]][]");
  CHECK(parse("{\"a\":[\"\",\"x\"]}\n{\"a\":{\"values\":[\"\",\"y\"]}}") == "string sparse 2/2 [null x][ y]");
  CHECK(parse("{\"a\":[-1,0]}\n{\"a\":{\"values\":[-1]}}") == "number sparse 2/2 [null 0][-1]");
  CHECK(parse("{\"a\":[-1,0]}\n{\"a\":{\"values\":[0]}}", DType::Float32) == "float32 sparse 2/2 [-1 null][0]");
  CHECK(parse("{\"a\":[-1.0,0.0]}\n{\"a\":{\"values\":[0.5]}}") == "number sparse 2/2 [-1 null][0.5]");
  CHECK(parse("{\"a\":{\"values\":[null]}}\n{\"a\":[null]}") == "number sparse 2/1 [null][null]");
}

TEST_CASE("Long arrays: integers of every length, with blanks or without, and what else stands among them", "[rows]") {
  std::string text, blanks, values;
  for (int64_t i = 0; i < 100; ++i) {
    const std::string value = std::to_string(i % 20 == 7 ? -i : i * i * i * i);
    text += (i ? "," : "") + value;
    blanks += (i % 3 == 0 ? "" : " ") + value + (i % 7 == 0 ? " ," : ",");
    values += (i ? " " : "") + value;
  }
  CHECK(parse("{\"a\":[" + text + "]}", DType::Int64) == "int64 dense 2/100 [" + values + "]");
  CHECK(parse("{\"a\":[" + blanks + "null]}", DType::Int64) == "int64 dense 2/101 [" + values + " null]");
  CHECK(parse("{\"a\":[1,2,0.03969985619187355,-0.6100870370864868,1e2]}", DType::Float64) == "float64 dense 2/5 [1 2 0.03969985619187355 -0.61008703708648682 100]");
  for (const std::string_view bad : {"[1,2,]", "[1,2,03]", "[1,,2]", "[12 34]", "[1.5,]", "[-]"}) {
    INFO(bad);
    CHECK(contains(parse("{\"a\":" + std::string(bad) + "}"), "not valid JSON"));
  }
}

TEST_CASE("Absent and null", "[rows]") {
  CHECK(parse("{}\n{\"a\":\"x\"}\n{\"a\":null}\n{}") == "string dense 1/1 [null x null null]");
  CHECK(parse("{}\n{\"a\":7}\n{}") == "number dense 1/1 [null 7 null]");
  CHECK(parse("{}\n{\"a\":[1]}\n{\"a\":null}") == "number dense 2/1 [][1][]");
  CHECK(parse("{\"b\":1}\n{}") == "none");
  CHECK(parse("") == "number dense 2/0 ");
  CHECK(parse("{\"a\":[null,\"x\",null]}") == "string dense 2/3 [null x null]");
  CHECK(parse("{\"a\":[null]}\n{\"a\":[\"x\"]}") == "string dense 2/1 [null][x]");
  CHECK(parse("{\"a\":[null,[1],null,[2,null]]}") == "number dense 3/4 [[null][1][null][2 null]]");
  CHECK(parse("{\"a\":null}", DType::String) == "string dense 2/0 []");
  CHECK(parse("{\"a\":[]}", DType::Int64) == "number dense 2/0 []");
  CHECK(parse("{\"a\":[null]}", DType::String) == "string dense 2/1 [null]");
  CHECK(parse("{\"a\":[null]}") == "number dense 2/1 [null]");
}

TEST_CASE("Numbers: exact integers, floats where they are wanted, and refused where not", "[rows]") {
  CHECK(parse("{\"a\":[9007199254740991,-9007199254740991]}") == "number dense 2/2 [9007199254740991 -9007199254740991]");
  CHECK(parse("{\"a\":[9007199254740993,null,1]}") == "int64 dense 2/3 [9007199254740993 null 1]");
  CHECK(parse("{\"a\":[9223372036854775807,-9223372036854775808]}", DType::Int64) == "int64 dense 2/2 [9223372036854775807 -9223372036854775808]");
  CHECK(parse("{\"a\":[1.5,2]}") == "number dense 2/2 [1.5 2]");
  CHECK(parse("{\"a\":[30.0]}") == "float32 dense 2/1 [30]");                   // an integer column refuses this
  CHECK(parse("{\"a\":[30.0]}", DType::Int64) == "float32 dense 2/1 [30]");
  CHECK(parse("{\"a\":[0.1,3]}", DType::Float64) == "float64 dense 2/2 [0.1 3]");
  CHECK(parse("{\"a\":[3,null]}", DType::Int64) == "int64 dense 2/2 [3 null]");
  CHECK(parse("{\"a\":[1.5]}", DType::Int64) == "float32 dense 2/1 [1.5]");
  CHECK(parse("{\"a\":[3e1]}", DType::String) == "float32 dense 2/1 [30]");
  CHECK(parse("{\"a\":[16777217.0]}", DType::Int64) == "float64 dense 2/1 [16777217]");
  CHECK(parse("{\"a\":[30.0]}", DType::Float32) == "float32 dense 2/1 [30]");
  CHECK(parse("{\"a\":[9007199254740993]}", DType::Float32) == "float32 dense 2/1 [9007199254740992]");
  CHECK(parse("{\"a\":[NaN,Infinity,-Infinity]}", DType::Float32) == "float32 dense 2/3 [nan inf -inf]");
  CHECK(parse("{\"a\":[100000000000000000000]}", DType::Float32) == "float32 dense 2/1 [1.0000000200408773e+20]");
  CHECK(contains(parse("{}\n\n{\"a\":[1]}\n{\"a\":[100000000000000000000]}"), "line 4, key \"a\": an integer does not fit in 64 bits"));
  CHECK(contains(parse("{\"a\":9223372036854775808}", DType::Int64), "does not fit in 64 bits"));
}

TEST_CASE("Decimal text gives the nearest double", "[rows]") {
  const std::vector<std::string> keys{"a"};
  const std::vector<DType> wanted{DType::Float64};
  uint64_t state = 88172645463325252u;
  for (int i = 0; i < 20000; ++i) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    char literal[64];
    const double value = static_cast<double>(static_cast<int64_t>(state)) * std::pow(10.0, static_cast<int>(state % 40) - 30);
    const char* formats[] = {"%.17g", "%.9g", "%.3f", "%.1e", "%.6f", "%.12E"};
    std::snprintf(literal, sizeof literal, formats[state >> 8 & 3], value);
    const auto batch = parseJsonRows("{\"a\":" + std::string(literal) + "}", keys, wanted);
    if (!batch) continue;  // an integer literal of more than 63 characters, cut
    const double read = (*batch)->batch().features[0].as<double>()[0];
    const double expected = std::strtod(literal, nullptr);
    INFO(literal);
    REQUIRE(std::memcmp(&read, &expected, sizeof read) == 0);
  }
  const std::string long_literal = "0." + std::string(400, '1') + "e-2";
  CHECK((*parseJsonRows("{\"a\":" + long_literal + "}", keys, wanted))->batch().features[0].as<double>()[0] == std::strtod(long_literal.c_str(), nullptr));
}

TEST_CASE("Strings: escapes, UTF-8, any length", "[rows]") {
  CHECK(parse(R"({"a":"\u00e9\ud83c\udfac\n\"\\\/"})") == "string dense 1/1 [é🎬\n\"\\/]");
  CHECK(parse(R"({"\u0061":"x"})") == "string dense 1/1 [x]");
  CHECK(parse("{\"a\":\"東京物語 and more than sixteen bytes of it — so\"}") == "string dense 1/1 [東京物語 and more than sixteen bytes of it — so]");
  for (size_t n = 0; n < 70; ++n) CHECK(parse("{\"a\":\"" + std::string(n, 'x') + "\"}") == "string dense 1/1 [" + std::string(n, 'x') + "]");
  for (const char* bad : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80"}) {
    CHECK(contains(parse("{\"a\":\"" + std::string(bad) + "\"}"), "not UTF-8"));
    CHECK(contains(parse("{\"a\":\"0123456789abcdef" + std::string(bad) + "0123456789abcdef\"}"), "not UTF-8"));
    CHECK(contains(parse("{\"b\":\"" + std::string(bad) + "\"}"), "not valid JSON"));
  }
  for (const char* bad : {"\"\\x\"", "\"open", "\"a\nb\"", "\"tab\there\""}) CHECK(contains(parse("{\"a\":" + std::string(bad) + "}"), "line 1"));
}

TEST_CASE("Of equal keys in one object the last counts, whatever the first was", "[rows]") {
  CHECK(parse("{\"a\":1,\"a\":2}") == "number dense 1/1 [2]");
  CHECK(parse("{\"a\":[[\"x\"]],\"a\":2}\n{\"a\":3}") == "number dense 1/1 [2 3]");
  CHECK(parse("{\"a\":[1]}\n{\"a\":[2.5,9007199254740993],\"a\":[4]}") == "number dense 2/1 [1][4]");
  CHECK(parse("{\"a\":[[1],[2]]}\n{\"a\":[[3],[4],[5]],\"a\":[[6]]}") == "number dense 3/2 [[1][2]][[6]]");
  CHECK(parse("{\"a\":\"x\"}\n{\"a\":\"y\",\"a\":\"z\"}") == "string dense 1/1 [x z]");
}

TEST_CASE("Lines: blank ones, carriage returns, a byte order mark, no last line break", "[rows]") {
  CHECK(parse("\xef\xbb\xbf{\"a\":1}\r\n\r\n  \n\t{ \"a\" : 2 , \"b\" : { \"c\" : [ { } , [ ] , true ] } } \r\n") == "number dense 1/1 [1 2]");
  const std::vector<std::string> keys{"a"};
  CHECK((*parseJsonRows("{}\n\n{}\n", keys))->batch().rows == 2);
}

TEST_CASE("What is no row is refused with its line", "[rows]") {
  for (const char* bad : {"[1]", "1", "\"x\"", "null", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{\"a\" 1}", "{a:1}", "{\"a\":1} {}", "{\"a\":1}x",
                          "{\"a\":}", "{\"a\":nul}", "{\"a\":01}", "{\"a\":1.}", "{\"a\":.5}", "{\"a\":1e}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":--1}", "{\"a\":-NaN}", "{\"a\":[1}",
                          "{\"a\":[1,]}", "{\"a\":[,1]}", "{\"a\":[1 2]}", "{\"a\":[1]]}", "{\"a\":[", "{\"b\":[1,}", "{\"b\":{\"c\"}}", "{\"b\":{\"c\":1,}}", "{\"b\":tru}", "{\"b\":[1}}",
                          "{\"a\":\n1}", "{\"b\":01}", "{\"b\":\"\\q\"}"}) {
    INFO(bad);
    const std::vector<std::string> keys{"a"};
    const auto batch = parseJsonRows("{\"a\":1}\n" + std::string(bad), keys);
    REQUIRE_FALSE(batch);
    CHECK(batch.error().code == ErrorCode::InvalidRow);
    CHECK(batch.error().row == 1);
    CHECK(contains(batch.error().message, "line 2"));
  }
  CHECK(contains(parse("{\"a\":true}"), "key \"a\": a boolean"));
  CHECK(contains(parse("{\"a\":[false]}"), "a boolean"));
  CHECK(contains(parse("{\"a\":[1,\"x\"]}"), "strings and numbers"));
  CHECK(contains(parse("{\"a\":1}\n{\"a\":\"x\"}"), "line 2, key \"a\": strings and numbers"));
  CHECK(contains(parse("{\"a\":[1,[2]]}"), "side by side"));
  CHECK(contains(parse("{\"a\":[[1],2]}"), "side by side"));
  CHECK(contains(parse("{\"a\":[[1],[[2]]]}"), "side by side"));
  CHECK(contains(parse("{\"a\":{\"value\":[1]}}"), "the sparse form is"));
  CHECK(contains(parse("{\"a\":{\"values\":1}}"), "\"values\" is no array"));
  CHECK(contains(parse("{\"a\":{\"values\":[1],\"b\":2}}"), "more than \"values\""));
  CHECK(contains(parse("{\"a\":[{}]}"), "an object within an array"));
  CHECK(contains(parse("{\"a\":" + std::string(100, '[')), "deeper than 32"));
  CHECK(contains(parse("{\"b\":" + std::string(100, '[')), "deeper than 64"));
}

TEST_CASE("Every cut and bit flip of rows is parsed or refused, within their bytes", "[rows]") {
  const std::string lines = "{\"a\":[\"x\",null,\"\\u00e9\"],\"b\":{\"values\":[[1],[2.5]]},\"c\":{\"d\":[true]}}\n{\"b\":[[3,-1]]}\n";
  const std::vector<std::string> keys{"a", "b"};
  size_t parsed = 0, refused = 0;
  const auto attempt = [&](const std::string& text) {
    const auto batch = parseJsonRows(text, keys);
    if (!batch) return ++refused, void();
    ++parsed;
    for (const auto& feature : (*batch)->batch().features) REQUIRE(featureText(feature).size() < 1000);
  };
  for (size_t size = 0; size <= lines.size(); ++size) attempt(std::string(lines.data(), size));
  for (size_t bit = 0; bit < lines.size() * 8; ++bit) {
    std::string broken = lines;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ 1 << bit % 8);
    attempt(broken);
  }
  CHECK(parsed > 10);
  CHECK(refused > lines.size());
}

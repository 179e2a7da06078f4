// The reader of specs: what RFC 8259 allows and nothing else.
#include "base/json.hpp"

#include <cmath>

#include "catch.hpp"

using namespace fcol;
using namespace std::string_view_literals;

namespace {

std::string textOf(std::string_view literal) {
  const std::string text(literal);
  const auto json = Json::parse(text);
  REQUIRE(json.ok());
  REQUIRE(json->isString());
  return json->string();
}

}  // namespace

TEST_CASE("every kind of JSON value", "[json]") {
  const std::string_view text = " {\"a\" : [1, -2.5e3, true, false, null, \"x\"], \"b\":{}, \"c\":[] }\n";
  const auto json = Json::parse(text);
  REQUIRE(json.ok());
  REQUIRE(json->isObject());
  CHECK(json->keys() == std::vector<std::string>{"a", "b", "c"});
  const auto& items = (*json)["a"].items();
  REQUIRE(items.size() == 6);
  CHECK(items[0].integer() == 1);
  CHECK(items[1].number() == -2500.0);
  CHECK(!items[1].integer());
  CHECK(items[1].literal() == "-2.5e3");
  CHECK(items[2].boolean());
  CHECK((items[3].isBool() && !items[3].boolean()));
  CHECK(items[4].isNull());
  CHECK(items[5].string() == "x");
  CHECK((*json)["a"].source() == "[1, -2.5e3, true, false, null, \"x\"]");
  CHECK(((*json)["b"].isObject() && (*json)["b"].items().empty()));
  CHECK(((*json)["c"].isArray() && (*json)["c"].items().empty()));
  CHECK(!json->has("d"));
  CHECK((*json)["d"].isNull());
  CHECK(items[0]["a"].isNull());
}

TEST_CASE("numbers keep all their digits", "[json]") {
  CHECK(Json::parse("9223372036854775807")->integer() == INT64_MAX);
  CHECK(Json::parse("-9223372036854775808")->integer() == INT64_MIN);
  CHECK(!Json::parse("9223372036854775808")->integer());
  CHECK(Json::parse("9223372036854775808")->number() == 9223372036854775808.0);
  CHECK(!Json::parse("1.0")->integer());
  CHECK(!Json::parse("1e0")->integer());
  CHECK(Json::parse("0.1")->number() == 0.1);
  CHECK(Json::parse("5e-324")->number() == 5e-324);
  CHECK(std::signbit(Json::parse("-0.0")->number()));
  CHECK(Json::parse("true")->number() == 0);
}

TEST_CASE("numbers by bits that come beside the text", "[json]") {
  const auto json = Json::parse(R"({"a": [1, -0.0], "b": "2", "c": 0.1})", "3ff00000000000008000000000000000" "3fb999999999999a");
  REQUIRE(json.ok());
  CHECK((*json)["a"].items()[0].integer() == 1);
  CHECK((*json)["a"].items()[0].number() == 1);
  CHECK(std::signbit((*json)["a"].items()[1].number()));
  CHECK((*json)["b"].number() == 0);
  CHECK((*json)["c"].number() == 0.1);
  for (const auto bits : {"", "3ff000000000000", "3ff000000000000g"}) CHECK(!Json::parse("1", bits).ok());
}

TEST_CASE("strings and their escapes", "[json]") {
  CHECK(textOf(R"("")").empty());
  CHECK(textOf(R"("\"\\\/\b\f\n\r\t")") == "\"\\/\b\f\n\r\t");
  CHECK(textOf(R"("\u0041\u00e9\u20AC")") == "A\xc3\xa9\xe2\x82\xac");
  CHECK(textOf(R"("\ud83d\ude00")") == "\xf0\x9f\x98\x80");
  CHECK(textOf(R"("\u0000")") == "\0"sv);
  CHECK(textOf("\"\xe4\xbd\xa0\"") == "\xe4\xbd\xa0");
  // Half of a pair, as JSON.stringify writes it.
  CHECK(textOf(R"("\ud83d")") == "\xef\xbf\xbd");
  CHECK(textOf(R"("\ude00\ud83dx")") == "\xef\xbf\xbd\xef\xbf\xbdx");
  CHECK(textOf(R"("\ud83d\u0041")") == "\xef\xbf\xbd" "A");
  for (const auto bad : {R"("\u12g4")"sv, R"("\u12)"sv, R"("\x")"sv, R"("\)"sv, R"("a)"sv,
                         "\"\n\""sv, "\"\x1f\""sv, "\"\0\""sv})
    CHECK(!Json::parse(bad).ok());
}

TEST_CASE("what looks like JSON and is not", "[json]") {
  for (const auto bad : {""sv, " "sv, "nul"sv, "nulll"sv, "True"sv, "NaN"sv, "Infinity"sv, "-"sv, "+1"sv, "01"sv, "1."sv, ".5"sv, "1e"sv, "1e+"sv, "0x1"sv, "'a'"sv, "["sv, "[1"sv,
                         "[1,"sv, "[1,]"sv, "[,1]"sv, "[1 2]"sv, "{"sv, "{\"a\""sv, "{\"a\":"sv, "{\"a\":1,"sv, "{\"a\":1,}"sv, "{a:1}"sv, "{1:1}"sv, "{\"a\" 1}"sv, "1 2"sv, "[1]]"sv,
                         "// a\n1"sv, "\xef\xbb\xbf""1"sv}) {
    INFO(bad);
    const auto json = Json::parse(bad);
    REQUIRE(!json.ok());
    CHECK(json.error().code == ErrorCode::InvalidSpec);
    CHECK(json.error().message.find("not valid JSON at byte ") == 0);
  }
  CHECK(Json::parse("[1, x]").error().message.find("byte 4") != std::string::npos);
}

TEST_CASE("every prefix of a document is refused", "[json]") {
  const std::string_view text = R"({"a":[1.5e3,"\u00e9\n",{"b":null}],"c":true})";
  REQUIRE(Json::parse(text).ok());
  for (size_t length = 0; length < text.size(); ++length) {
    const std::vector<char> exact(text.begin(), text.begin() + static_cast<ptrdiff_t>(length));
    CHECK(!Json::parse({exact.data(), exact.size()}).ok());
  }
}

TEST_CASE("depth is limited, equal keys are not", "[json]") {
  const auto nested = [](size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(Json::parse(nested(Json::kMaxDepth)).ok());
  CHECK(!Json::parse(nested(Json::kMaxDepth + 2)).ok());
  CHECK(!Json::parse(std::string(1000000, '[')).ok());
  CHECK((*Json::parse(R"({"a":1,"a":2})"))["a"].integer() == 2);
}

TEST_CASE("what is written as a JSON string is read back", "[json]") {
  std::string all;
  for (int c = 0; c < 128; ++c) all += static_cast<char>(c);
  all += "\xe4\xbd\xa0\xf0\x9f\x98\x80";
  std::string written;
  appendJsonString(written, all);
  CHECK(textOf(written) == all);
}

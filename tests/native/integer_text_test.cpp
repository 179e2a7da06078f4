// Integers as text: AsString writes them, SimpleAtoi reads them, JSON is strict.
#include "text/integer_text.hpp"

#include <string>

#include "catch.hpp"

using namespace fcol;
using namespace std::string_view_literals;

TEST_CASE("integers are written in decimal", "[integer_text]") {
  CHECK(Int64Text(0).view() == "0");
  CHECK(Int64Text(-1).view() == "-1");
  CHECK(Int64Text(10).view() == "10");
  CHECK(Int64Text(INT64_MAX).view() == "9223372036854775807");
  CHECK(Int64Text(INT64_MIN).view() == "-9223372036854775808");
  for (int64_t value = 1; value < INT64_MAX / 7; value *= 7)
    for (const int64_t each : {value, -value, value - 1}) CHECK(Int64Text(each).view() == std::to_string(each));
}

TEST_CASE("what is written is read", "[integer_text]") {
  for (int64_t value = 1; value < INT64_MAX / 3; value *= 3)
    for (const int64_t each : {value, -value}) {
      CHECK(parseInt64(Int64Text(each).view()) == each);
      CHECK(parseInt64Loosely(Int64Text(each).view()) == each);
    }
}

TEST_CASE("the limits of 64 bits", "[integer_text]") {
  for (const auto parse : {parseInt64, parseInt64Loosely}) {
    CHECK(parse("9223372036854775807") == INT64_MAX);
    CHECK(parse("-9223372036854775808") == INT64_MIN);
    CHECK(parse("000000000000000000000000000000007") == 7);
    CHECK(parse("-0") == 0);
    for (const auto text : {"9223372036854775808"sv, "-9223372036854775809"sv, "18446744073709551616"sv, "99999999999999999999999"sv, ""sv, "-"sv, "--1"sv, "1.0"sv,
                            "1e3"sv, "0x10"sv, "1 2"sv, "1_0"sv, "1,0"sv, "one"sv, "\xd9\xa1"sv, "1\0"sv, "\0"sv, "+-1"sv, "- 1"sv})
      CHECK(!parse(text));
  }
}

TEST_CASE("white space and a plus are for the loose reader", "[integer_text]") {
  for (const auto text : {" 2"sv, "2 "sv, "\t2\v"sv, "\f2\r"sv, "\n2\n"sv, "+2"sv, "  +2  "sv}) {
    CHECK(parseInt64Loosely(text) == 2);
    CHECK(!parseInt64(text));
  }
  // White space of ASCII only; TensorFlow refuses each of these too.
  for (const auto text : {"\xa0""2"sv, "2\x85"sv, "\x1c""2"sv, "2\x1f"sv, " "sv, "+"sv, "+ 2"sv}) CHECK(!parseInt64Loosely(text));
}

// How messages are put together.
#include "base/message.hpp"

#include <limits>

#include "catch.hpp"

using namespace fcol;

TEST_CASE("numbers in messages: whole ones exact, others to nine digits", "[error]") {
  const std::pair<double, std::string_view> cases[] = {
      {0.1, "0.1"}, {1.5, "1.5"}, {-2.25, "-2.25"}, {1e30, "1e30"}, {1e-20, "1e-20"}, {0.00012345, "0.00012345"}, {3, "3"}, {-7, "-7"},
      {9.9999999999, "10"}, {1e-6, "1e-6"}, {99999.5, "99999.5"}, {9007199254740991.0, "9007199254740991"}, {1.0 / 3, "0.333333333"},
      {std::numeric_limits<double>::infinity(), "inf"}, {-std::numeric_limits<double>::infinity(), "-inf"}, {std::numeric_limits<double>::quiet_NaN(), "nan"}};
  for (const auto& [value, text] : cases) CHECK(toText(value) == text);
  CHECK(format("a {} b {}{}{}", 1, uint64_t{18446744073709551615u}, std::string(" c"), INT64_MIN) == "a 1 b 18446744073709551615 c-9223372036854775808");
}

TEST_CASE("values in messages are cut and escaped", "[error]") {
  CHECK(format("{}", quoted("a\"b\\c\n\xff")) == "\"a\\\"b\\\\c\\x0a\\xff\"");
  CHECK(format("{}", quoted("naïve 東京")) == "\"naïve 東京\"");
  CHECK(format("{}", quoted(std::string(100, 'x'))) == "\"" + std::string(64, 'x') + "\"…");
}

TEST_CASE("a message is empty where what writes it cannot be had", "[error]") {
  const auto writer = message_writer;
  message_writer = []() -> MessageWriter { return nullptr; };
  const Failure problem = error(ErrorCode::OutOfRange, "{} is too much", 3);
  message_writer = writer;
  CHECK(problem->message == "");
  CHECK(problem->code == ErrorCode::OutOfRange);
  CHECK(error(ErrorCode::OutOfRange, "{} is too much", 3)->message == "3 is too much");
}

// decimalToDouble against the C library: random decimals of every length, numbers halfway between two doubles, subnormals, limits.
#include "text/decimal.hpp"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <random>
#include <string>

#include "catch.hpp"

using fcol::decimalToDouble;

namespace {

bool agrees(const std::string& text) {
  const double ours = decimalToDouble(text), theirs = std::strtod(text.c_str(), nullptr);
  return std::memcmp(&ours, &theirs, sizeof ours) == 0;
}

std::string printed(const char* format, int digits, long double value) {
  char text[1200];
  std::snprintf(text, sizeof text, format, digits, value);
  return text;
}

}  // namespace

TEST_CASE("decimal: doubles at every precision", "[decimal]") {
  std::mt19937_64 random(1);
  for (int i = 0; i < 200000; ++i) {
    const uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const std::string text = printed("%.*Lg", 1 + static_cast<int>(random() % 25), value);
    INFO(text);
    REQUIRE(agrees(text));
    const std::string single = printed("%.*Lg", 17, static_cast<float>(std::fmod(value, 1e9)));
    INFO(single);
    REQUIRE(agrees(single));
  }
}

TEST_CASE("decimal: halfway between two doubles, and just beside", "[decimal]") {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = i % 2 ? random() % (uint64_t{1} << 53) : random() >> 2;  // subnormal ones too
    double value;
    std::memcpy(&value, &bits, sizeof value);
    if (!std::isfinite(value)) continue;
    const long double middle = (static_cast<long double>(value) + std::nextafter(value, INFINITY)) / 2;
    const std::string text = printed("%.*Le", 15 + static_cast<int>(random() % 760), middle);
    INFO(text);
    REQUIRE(agrees(text));
  }
}

TEST_CASE("decimal: what is long, large or small", "[decimal]") {
  const std::string zeros(900, '0');
  for (const std::string& text :
       {std::string("0"), std::string("-0"), std::string("0.0e5"), std::string("1e400"), std::string("-1e-400"), std::string("1e99999999999"), std::string("4.9e-324"),
        std::string("2.4703282292062327e-324"), std::string("2.4703282292062328e-324"), std::string("2.2250738585072011e-308"),
        std::string("1.7976931348623158e308"), std::string("1.7976931348623159e308"), std::string("9007199254740993"), std::string("18446744073709551616"),
        std::string("00012.5"), std::string("1E+5"), "0." + zeros + "1e900", "1" + zeros + "e-900", std::string(1500, '9') + "e-1490", "0." + std::string(1200, '1'),
        "9007199254740992.99" + zeros + "1", "9007199254740993." + zeros, "9007199254740993." + zeros + "1"}) {
    INFO(text);
    CHECK(agrees(text));
  }
}

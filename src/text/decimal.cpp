#include "text/decimal.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

namespace fcol {
namespace {

// The value is mantissa × 2^exponent and, if `more`, a little above. Requires the highest bit of the mantissa to be set.
double assemble(uint64_t mantissa, int exponent, bool more, bool negative) {
  exponent += 63;  // of the highest bit
  const int kept = exponent >= -1022 ? 53 : std::max(0, 53 - (-1022 - exponent));  // bits; fewer for subnormals
  uint64_t bits = kept == 0 ? 0 : mantissa >> (64 - kept);
  const uint64_t rest = kept == 0 ? mantissa : mantissa << kept;
  const bool below = kept == 0 && exponent < -1075;  // less than half of the smallest
  const uint64_t half = uint64_t{1} << 63;
  if (!below && (rest > half || (rest == half && (more || (bits & 1))))) ++bits;
  uint64_t result;
  if (exponent > 1023) {
    result = uint64_t{0x7ff} << 52;
  } else if (kept < 53) {
    result = bits;  // a carry into bit 52 makes the smallest normal number, as it should
  } else {
    result = (static_cast<uint64_t>(exponent + 1022) << 52) + bits;  // the hidden bit adds one to the exponent, a carry another
  }
  result |= static_cast<uint64_t>(negative) << 63;
  double value;
  std::memcpy(&value, &result, sizeof value);
  return value;
}

// A natural number of up to kLimbs × 32 bits, lowest limb first.
class Natural {
 public:
  // Text of kMostDigits digits, times 10^308, and the room to shift it by one word.
  static constexpr int kLimbs = 128;

  bool zero() const { return size_ == 0; }
  int bits() const { return size_ == 0 ? 0 : 32 * size_ - std::countl_zero(limbs_[size_ - 1]); }

  void multiplyAdd(uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (int i = 0; i < size_; ++i) {
      carry += uint64_t{limbs_[i]} * factor;
      limbs_[i] = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
    if (carry) limbs_[size_++] = static_cast<uint32_t>(carry);
  }

  void timesTenTo(int power) {
    for (; power >= 9; power -= 9) multiplyAdd(1000000000, 0);
    for (; power > 0; --power) multiplyAdd(10, 0);
  }

  void shiftLeft(int by) {
    const int limbs = by / 32, rest = by % 32;
    if (size_ == 0) return;
    for (int i = size_ - 1; i >= 0; --i) limbs_[i + limbs] = limbs_[i];
    std::fill_n(limbs_, limbs, 0u);
    size_ += limbs;
    if (rest) multiplyAdd(uint32_t{1} << rest, 0);
  }

  void halve() {
    for (int i = 0; i + 1 < size_; ++i) limbs_[i] = limbs_[i] >> 1 | limbs_[i + 1] << 31;
    limbs_[size_ - 1] >>= 1;
    trim();
  }

  // Subtracts `other` if it is not larger; whether it was not.
  bool subtractIfFits(const Natural& other) {
    if (size_ != other.size_) {
      if (size_ < other.size_) return false;
    } else {
      int i = size_ - 1;
      while (i >= 0 && limbs_[i] == other.limbs_[i]) --i;
      if (i >= 0 && limbs_[i] < other.limbs_[i]) return false;
    }
    int64_t borrow = 0;
    for (int i = 0; i < size_; ++i) {
      borrow += int64_t{limbs_[i]} - (i < other.size_ ? other.limbs_[i] : 0);
      limbs_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
    trim();
    return true;
  }

 private:
  void trim() {
    while (size_ > 0 && limbs_[size_ - 1] == 0) --size_;
  }

  uint32_t limbs_[kLimbs];
  int size_ = 0;
};

// More digits than this cannot change how a number rounds, but for whether any of them is not zero: 767 are the most that a
// number between two doubles has.
constexpr int kMostDigits = 800;

// Long division of whole numbers: right for everything, and slow.
double exactly(std::string_view digits_and_point, int exponent, bool negative) {
  Natural above, below;
  int taken = 0;
  bool more = false, fraction = false;
  for (const char c : digits_and_point) {
    if (c == '.') {
      fraction = true;
      continue;
    }
    if (taken == kMostDigits) {
      more |= c != '0';
      exponent += !fraction;
      continue;
    }
    above.multiplyAdd(10, static_cast<uint32_t>(c - '0'));
    taken += !above.zero();
    exponent -= fraction;
  }
  const int digits = taken + exponent;  // before the point
  if (above.zero() || digits < -330) return negative ? -0.0 : 0.0;
  if (digits > 310) return assemble(uint64_t{1} << 63, 2000, false, negative);
  below.multiplyAdd(1, 1);
  if (exponent > 0) above.timesTenTo(exponent);
  else below.timesTenTo(-exponent);
  // above / below = quotient × 2^-shift with a quotient of 64 or 65 bits.
  const int shift = below.bits() - above.bits() + 64;
  if (shift > 0) above.shiftLeft(shift);
  else below.shiftLeft(-shift);
  below.shiftLeft(64);
  uint64_t quotient = 0;
  bool highest = false;  // the 65th bit
  for (int i = 64; i >= 0; --i) {
    const bool bit = above.subtractIfFits(below);
    if (i == 64) highest = bit;
    else quotient |= static_cast<uint64_t>(bit) << i;
    below.halve();
  }
  more |= !above.zero();
  if (highest) {
    more |= quotient & 1;
    return assemble(quotient >> 1 | uint64_t{1} << 63, 1 - shift, more, negative);
  }
  return assemble(quotient, -shift, more, negative);
}

constexpr int kMostPower = 27;  // 5^27 is the last that fits in 64 bits

uint64_t powerOfFive(int power) {
  uint64_t value = 1;
  for (; power > 0; --power) value *= 5;
  return value;
}

// mantissa × 5^power × 2^exponent, the product in 128 bits.
double multiplied(uint64_t mantissa, int power, int exponent, bool negative) {
  const uint64_t factor = powerOfFive(power), low_half = 0xffffffff;
  const uint64_t a = mantissa >> 32, b = mantissa & low_half, c = factor >> 32, d = factor & low_half;
  const uint64_t middle = a * d + (b * d >> 32), cross = b * c + (middle & low_half);
  uint64_t high = a * c + (middle >> 32) + (cross >> 32), low = cross << 32 | (b * d & low_half);
  if (high == 0) {
    high = low;
    low = 0;
    exponent -= 64;
  }
  const int free = std::countl_zero(high);
  if (free > 0) {
    high = high << free | low >> (64 - free);
    low <<= free;
  }
  return assemble(high, exponent + 64 - free, low != 0, negative);
}

// mantissa / 5^power × 2^exponent: digits of the quotient, as many at a time as the remainder leaves room for.
double divided(uint64_t mantissa, int power, int exponent, bool negative) {
  const uint64_t divisor = powerOfFive(power);
  uint64_t quotient = mantissa / divisor, rest = mantissa % divisor;
  const int room = std::countl_zero(divisor);
  while (quotient >> 55 == 0) {
    const int step = std::min(room, quotient == 0 ? 63 : std::countl_zero(quotient));
    rest <<= step;
    quotient = quotient << step | rest / divisor;
    rest %= divisor;
    exponent -= step;
  }
  const int free = std::countl_zero(quotient);
  return assemble(quotient << free, exponent - free, rest != 0, negative);
}

// floor(2^(63 + bits of 5^k) / 5^k), whose highest bit is set; made when first needed, as they would be longer than what makes them.
struct Reciprocals {
  uint64_t of[kMostPower + 1];

  Reciprocals() {
    for (int power = 1; power <= kMostPower; ++power) {
      const uint64_t five = powerOfFive(power), divisor = five << std::countl_zero(five);
      uint64_t rest = uint64_t{1} << 63, quotient = 0;
      for (int i = 0; i < 64; ++i) {
        const bool above = rest >> 63;
        rest <<= 1;
        const bool fits = above || rest >= divisor;
        quotient = quotient << 1 | (fits ? 1 : 0);
        if (fits) rest -= divisor;
      }
      of[power] = quotient;
    }
  }
};

// digits / 10^power by a product with the reciprocal, which is too small by less than one in its last place: so the product of 63 or
// 64 bits is, by less than two. False where what lies between leaves open how the double rounds: once in a thousand times.
// Requires digits > 0 and 0 < power <= kMostPower.
bool quicklyDivided(uint64_t digits, int power, double& value) {
  static const Reciprocals reciprocals;
  const int free = std::countl_zero(digits);
  const uint64_t a = digits << free, b = reciprocals.of[power], low_half = 0xffffffff;
  const uint64_t middle = (a >> 32) * (b & low_half) + ((a & low_half) * (b & low_half) >> 32);
  const uint64_t cross = (a & low_half) * (b >> 32) + (middle & low_half);
  const uint64_t high = (a >> 32) * (b >> 32) + (middle >> 32) + (cross >> 32);
  const int dropped = 10 + static_cast<int>(high >> 63);
  const uint64_t rest = high & ((uint64_t{1} << dropped) - 1), half = uint64_t{1} << (dropped - 1);
  if (rest == half - 1) return false;
  const int bits = (power * 152170 >> 16) + 1;  // of 5^power
  const int exponent = dropped + 1 - bits - free - power;
  const uint64_t result = (static_cast<uint64_t>(exponent + 52 + 1022) << 52) + (high >> dropped) + (rest >= half ? 1 : 0);
  std::memcpy(&value, &result, sizeof value);
  return true;
}

}  // namespace

bool shortDecimal(uint64_t digits, int64_t power, bool negative, double& value) {
  constexpr double kPowers[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
  if (digits == 0) {
    value = 0;
  } else if (digits <= uint64_t{1} << 53 && power >= -22 && power <= 22) {  // both are exact, so one operation rounds right
    value = power < 0 ? static_cast<double>(digits) / kPowers[-power] : static_cast<double>(digits) * kPowers[power];
  } else if (power >= -kMostPower && power <= kMostPower) {
    const int by = static_cast<int>(power);
    if (by >= 0) value = multiplied(digits, by, by, false);
    else if (!quicklyDivided(digits, -by, value)) value = divided(digits, -by, by, false);
  } else {
    return false;
  }
  if (negative) value = -value;
  return true;
}

double decimalToDouble(std::string_view text) {
  const bool negative = text[0] == '-';
  const char* at = text.data() + negative;
  const char* const end = text.data() + text.size();
  const char* const begin = at;
  uint64_t mantissa = 0;
  int digits = 0, exponent = 0;  // digits of the mantissa, without zeros in front
  bool fraction = false;
  for (; at < end && (*at == '.' || (*at >= '0' && *at <= '9')); ++at) {
    if (*at == '.') {
      fraction = true;
      continue;
    }
    if (digits < 19) mantissa = mantissa * 10 + static_cast<uint64_t>(*at - '0');
    digits += digits > 0 || *at != '0';
    exponent -= fraction;
  }
  const std::string_view written(begin, static_cast<size_t>(at - begin));
  int given = 0;
  if (at < end) {  // e or E
    ++at;
    const bool minus = *at == '-';
    if (*at == '-' || *at == '+') ++at;
    for (; at < end; ++at) given = std::min(given * 10 + (*at - '0'), 100000);
    if (minus) given = -given;
  }
  exponent += given;
  double value;
  return digits <= 19 && shortDecimal(mantissa, exponent, negative, value) ? value : exactly(written, given, negative);
}

}  // namespace fcol

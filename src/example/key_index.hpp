// KeyIndex: which feature a key of foreign data means. Producers write the same keys in the same order again and again, so
// the key that stood at this place last time is tried first.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/inline.hpp"

namespace fcol {

class KeyIndex {
 public:
  static constexpr int32_t kUnknown = -1;

  // Keys must outlive the index. Of equal keys the last is found.
  void add(std::string_view key) { keys_.push_back(key); }

  // The same of text in quotes, as JSON has it, if it is the key that stood at this place last time: steps behind the quote and
  // says its number. False if it is another, or one that JSON would not write as it is.
  FCOL_INLINE bool findQuoted(const char*& at, const char* end, size_t place, int32_t& number) const {
    if (place >= kPlaces) return false;
    const Guess& guess = guesses_[place];
    const size_t size = guess.key.size();
    if (!guess.plain || static_cast<size_t>(end - at) < size + 2 || *at != '"' || at[size + 1] != '"' || !guess.is({at + 1, size})) return false;
    at += size + 2;
    number = guess.number;
    return true;
  }

  // The number of the key, in the order of adding, or kUnknown. `place`: the how manieth key of its row this is.
  FCOL_INLINE int32_t find(std::string_view key, size_t place) {
    return place < kPlaces && guesses_[place].is(key) ? guesses_[place].number : findElsewhere(key, place);
  }

 private:
  static constexpr size_t kPlaces = 64;
  struct Guess {
    std::string key;
    int32_t number = kUnknown;
    bool set = false, plain = false;

    FCOL_INLINE bool is(std::string_view other) const {
      if (!set || key.size() != other.size()) return false;
      const char* own = key.data();
      for (size_t i = 0; i < other.size(); ++i)
        if (own[i] != other[i]) return false;
      return true;
    }
  };

  FCOL_NOINLINE int32_t findElsewhere(std::string_view key, size_t place) {
    const int32_t number = search(key);
    if (place < kPlaces) {
      guesses_[place].key.assign(key);
      guesses_[place].number = number;
      guesses_[place].set = true;
      guesses_[place].plain = std::none_of(key.begin(), key.end(), [](char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; });
    }
    return number;
  }

  int32_t search(std::string_view key) {
    if (slots_.empty()) build();
    for (uint32_t at = hash(key);; ++at) {
      const int32_t number = slots_[at & mask()];
      if (number == kUnknown || keys_[static_cast<size_t>(number)] == key) return number;
    }
  }
  void build() {
    size_t size = 16;
    while (size < keys_.size() * 2) size *= 2;
    slots_.assign(size, kUnknown);
    for (size_t i = 0; i < keys_.size(); ++i) {
      uint32_t at = hash(keys_[i]);
      while (slots_[at & mask()] != kUnknown && keys_[static_cast<size_t>(slots_[at & mask()])] != keys_[i]) ++at;
      slots_[at & mask()] = static_cast<int32_t>(i);
    }
  }
  uint32_t mask() const { return static_cast<uint32_t>(slots_.size() - 1); }
  static uint32_t hash(std::string_view key) {
    uint32_t h = static_cast<uint32_t>(key.size());
    for (const char c : key) h = (h ^ static_cast<unsigned char>(c)) * 0x01000193u;
    return h ^ h >> 15;
  }

  std::vector<std::string_view> keys_;
  std::vector<int32_t> slots_;
  std::vector<Guess> guesses_ = std::vector<Guess>(kPlaces);
};

}  // namespace fcol

// EarlyLines: puts the lines of a text file into their table while the file is still arriving. What is left when its last byte is there is
// to number the lines. A guess: where it does not come out, Vocabulary::fromText begins anew, and tells what is wrong with the file.
#pragma once

#include <optional>

#include "vocabulary/key_table.hpp"

namespace fcol {

class EarlyLines {
 public:
  // `bytes`: how long the file will be, 0 if that is not known. `size`: as of Vocabulary::fromText.
  EarlyLines(uint64_t bytes, std::optional<uint64_t> size) : bytes_(bytes), size_(size) {}

  // `text`: the file as far as it has come, wherever it is by now.
  void arrived(Bytes text);

  // Whether the table is as large as one of so many keys should be, and has the first of them.
  bool fits(uint64_t keys) const;
  KeyTable takeTable() { return std::move(*table_); }
  void stop();  // gives the table's memory back: nothing comes of it
  uint32_t lines() const { return lines_; }  // that are in the table
  size_t end() const { return at_; }         // behind them

 private:
  uint64_t keysOf(Bytes text) const;

  uint64_t bytes_;
  std::optional<uint64_t> size_;
  std::optional<KeyTable> table_;
  uint64_t keys_ = 0;  // that the table is for
  uint32_t lines_ = 0;
  size_t at_ = 0;
  bool stopped_ = false;
};

}  // namespace fcol

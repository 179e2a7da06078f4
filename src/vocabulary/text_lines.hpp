// TextLines: the keys of a text file by TensorFlow's rules (spec 2.6): split on '\n', one '\r' at the end of a line removed,
// everything else kept; an empty line is an error if it is reached.
#pragma once

#include "text/newline_scan.hpp"
#include "vocabulary/string_vocabulary.hpp"

namespace fcol {

class TextLines final : public KeySource {
 public:
  // The first `size` lines of `file`; fewer are an error.
  TextLines(Bytes file, uint64_t size, const std::string& name) : file_(file), scanner_(file), size_(size), name_(name) {}

  // Goes on behind the first `lines`, which end at `at`.
  void resume(size_t at, uint64_t lines);
  size_t next(std::span<KeyTable::Entry> entries) override;
  void rewind() override;
  Failure problem() override { return std::move(problem_); }
  uint64_t lines() const { return line_; }  // given out so far
  size_t end() const { return at_; }        // behind them

  // How many lines TensorFlow counts where no size is given: every '\r' ignored, blank lines counted, and a last line without
  // '\n' if it is not empty. `line_ends`: the number of its '\n'.
  static uint64_t count(Bytes file, size_t line_ends);

 private:
  bool nextLine(size_t end, KeyTable::Entry& entry);

  Bytes file_;
  NewlineScanner scanner_;
  uint64_t size_;
  const std::string& name_;
  size_t at_ = 0;  // where the next line begins
  uint64_t line_ = 0;
  Failure problem_;
};

}  // namespace fcol

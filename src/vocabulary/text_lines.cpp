#include "vocabulary/text_lines.hpp"

namespace fcol {

uint64_t TextLines::count(Bytes file, size_t line_ends) {
  size_t last = file.size();  // the unterminated rest is a line if it has anything but '\r'
  while (last > 0 && file[last - 1] == '\r') --last;
  return line_ends + (last > 0 && file[last - 1] != '\n');
}

void TextLines::rewind() {
  scanner_ = NewlineScanner(file_);
  at_ = 0;
  line_ = 0;
  problem_ = {};
}

void TextLines::resume(size_t at, uint64_t lines) {
  rewind();
  scanner_ = NewlineScanner(file_, at);
  at_ = at;
  line_ = lines;
}

// A line that is no plain one: empty, the last, or with a '\r' at its end.
bool TextLines::nextLine(size_t end, KeyTable::Entry& entry) {
  const bool terminated = end < file_.size();
  size_t length = end - at_;
  if (length > 0 && file_[end - 1] == '\r') --length;
  if (length == 0 && !terminated) {  // the end: nothing, or a lone '\r'
    problem_ = error(ErrorCode::InvalidVocabulary,
                     "Invalid vocab_size in {}: expected {} but got {}: the file has fewer lines than "
                     "vocabulary_size; correct one of them", name_, size_, line_);
    return false;
  }
  const size_t after = terminated ? end + 1 : end;
  if (length == 0) {
    problem_ = error(ErrorCode::InvalidVocabulary,
                     "Invalid content in {}: empty line found at position {} (line {}): remove it, or give a "
                     "vocabulary_size that ends before it", name_, after, line_);
    problem_->row = static_cast<int64_t>(line_);
    return false;
  }
  entry = {static_cast<uint32_t>(at_), static_cast<uint32_t>(length)};
  at_ = after;
  ++line_;
  return true;
}

size_t TextLines::next(std::span<KeyTable::Entry> entries) {
  size_t count = 0;
  for (; count < entries.size() && line_ < size_ && !problem_; ++count) {
    const size_t end = scanner_.next();
    if (end < file_.size() && end > at_ && file_[end - 1] != '\r') {
      entries[count] = {static_cast<uint32_t>(at_), static_cast<uint32_t>(end - at_)};
      at_ = end + 1;
      ++line_;
    } else if (!nextLine(end, entries[count])) {
      break;
    }
  }
  return count;
}

}  // namespace fcol
